using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace TailSplit.Core.Model;

/// <summary>
/// The name of a network interface: 1 to 15 characters (IFNAMSIZ less the terminator, <c>linux/if.h</c>), without
/// characters that mean something to iptables (a trailing '+' is its wildcard) or to a shell.
/// </summary>
public readonly record struct InterfaceName
{
    private const int Longest = 15;

    private static readonly SearchValues<char> s_allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.@-");

    private readonly string? _value;

    private InterfaceName(string value) => _value = value;

    /// <summary>Reads a name, or throws <see cref="TailSplitException"/> (InvalidInterfaceName).</summary>
    public static InterfaceName Parse(string text) =>
        TryParse(text, out InterfaceName name, out string? reason)
            ? name
            : throw ModelFailures.InvalidInterfaceName(text, reason).ToException();

    /// <inheritdoc cref="TryParse(string?, out InterfaceName, out string?)"/>
    public static bool TryParse([NotNullWhen(true)] string? text, out InterfaceName name) =>
        TryParse(text, out name, out _);

    /// <summary>Reads a name; <paramref name="reason"/> is the reason why it is not one.</summary>
    public static bool TryParse(
        [NotNullWhen(true)] string? text, out InterfaceName name, [NotNullWhen(false)] out string? reason)
    {
        name = default;
        reason = text switch
        {
            null or "" => "it is empty",
            { Length: > Longest } => $"it has {text.Length} characters, and the kernel accepts {Longest}",
            "." or ".." => "the kernel does not accept it",
            _ when text[0] == '-' => "it begins with a dash",
            _ when text.AsSpan().ContainsAnyExcept(s_allowed) => "only letters, digits and _ . @ - can be used",
            _ => null,
        };
        if (reason is not null)
            return false;

        name = new InterfaceName(text!);
        return true;
    }

    public override string ToString() => _value ?? string.Empty;
}
