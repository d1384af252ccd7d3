using System.Management.Automation;

namespace TailSplit.Conversion;

/// <summary>A name from the command line: a wildcard pattern, or a single name.</summary>
internal sealed class NamePattern(string text)
{
    private readonly WildcardPattern _pattern = WildcardPattern.Get(text, WildcardOptions.IgnoreCase);

    /// <summary>Whether it is a single name, which must then exist.</summary>
    public bool IsOne { get; } = !WildcardPattern.ContainsWildcardCharacters(text);

    /// <summary>
    /// The objects that it matches. The names of Docker networks can differ only in case: then a single name matches by
    /// case.
    /// </summary>
    public T[] Choose<T>(IEnumerable<T> all, Func<T, string?> nameOf)
    {
        T[] found = [.. all.Where(each => nameOf(each) is string name && _pattern.IsMatch(name))];
        return IsOne && found.Select(nameOf).Distinct(StringComparer.Ordinal).Count() > 1
            ? [.. found.Where(each => nameOf(each) == text)]
            : found;
    }
}
