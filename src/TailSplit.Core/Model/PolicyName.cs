using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace TailSplit.Core.Model;

/// <summary>
/// The name of a policy, and of the Docker network it is for: <c>[a-zA-Z0-9][a-zA-Z0-9_.-]*</c>, Docker's own grammar
/// for names (moby daemon/names), at most 80 characters so that it fits the 255 of an iptables comment twice.
/// </summary>
public readonly record struct PolicyName
{
    private const int Longest = 80;

    private static readonly SearchValues<char> s_allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    private readonly string? _value;

    private PolicyName(string value) => _value = value;

    /// <summary>Reads a name, or throws <see cref="TailSplitException"/> (InvalidPolicyName).</summary>
    public static PolicyName Parse(string text) =>
        TryParse(text, out PolicyName name, out string? reason)
            ? name
            : throw ModelFailures.InvalidPolicyName(text, reason).ToException();

    /// <inheritdoc cref="TryParse(string?, out PolicyName, out string?)"/>
    public static bool TryParse([NotNullWhen(true)] string? text, out PolicyName name) =>
        TryParse(text, out name, out _);

    /// <summary>Reads a name; <paramref name="reason"/> is the reason why it is not one.</summary>
    public static bool TryParse(
        [NotNullWhen(true)] string? text, out PolicyName name, [NotNullWhen(false)] out string? reason)
    {
        name = default;
        reason = text switch
        {
            null or "" => "it is empty",
            { Length: > Longest } => $"it has {text.Length} characters, and at most {Longest} fit",
            _ when !char.IsAsciiLetterOrDigit(text[0]) => "it must begin with a letter or a digit",
            _ when text.AsSpan().ContainsAnyExcept(s_allowed) => "only letters, digits and _ . - can be used",
            _ => null,
        };
        if (reason is not null)
            return false;

        name = new PolicyName(text!);
        return true;
    }

    public override string ToString() => _value ?? string.Empty;
}
