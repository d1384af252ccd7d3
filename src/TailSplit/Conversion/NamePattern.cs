using System.Management.Automation;

namespace TailSplit.Conversion;

/// <summary>A name as a person gives it: a wildcard, or the name of one thing.</summary>
internal sealed class NamePattern(string text)
{
    private readonly WildcardPattern _pattern = WildcardPattern.Get(text, WildcardOptions.IgnoreCase);

    /// <summary>Whether it means one thing, which must then be there.</summary>
    public bool IsOne { get; } = !WildcardPattern.ContainsWildcardCharacters(text);

    /// <summary>
    /// What it means. Docker has networks whose names differ in case only: then one name is that in its own case.
    /// </summary>
    public T[] Choose<T>(IEnumerable<T> all, Func<T, string?> nameOf)
    {
        T[] found = [.. all.Where(each => nameOf(each) is string name && _pattern.IsMatch(name))];
        return IsOne && found.Select(nameOf).Distinct(StringComparer.Ordinal).Count() > 1
            ? [.. found.Where(each => nameOf(each) == text)]
            : found;
    }
}
