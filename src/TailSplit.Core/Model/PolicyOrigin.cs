using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace TailSplit.Core.Model;

/// <summary>
/// Who requested a policy: a person, the labels of Docker networks, or a file. The comments of its rules record it, so
/// a sync with labels or a file removes only what came from there. No list exists outside the kernel.
/// </summary>
public readonly record struct PolicyOrigin
{
    private const string LabelsText = "labels";
    private const string FilePrefix = "file-";
    private const int DigestLength = 8;

    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789abcdef");

    private readonly string? _text;

    private PolicyOrigin(string text) => _text = text;

    /// <summary>
    /// A person, by New-* or Import-TailSplitPolicy. It is not recorded: a rule without an origin has this one.
    /// </summary>
    public static PolicyOrigin ByHand => default;

    /// <summary>Labels of Docker networks.</summary>
    public static PolicyOrigin Labels { get; } = new(LabelsText);

    public bool IsByHand => _text is null;

    /// <summary>
    /// The file of this full path. Its name is too long for a comment, so eight hexadecimal digits of a hash stand for
    /// it: two files do not remove each other's policies.
    /// </summary>
    public static PolicyOrigin OfFile(string fullPath)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(fullPath));
        return new PolicyOrigin(FilePrefix + Convert.ToHexStringLower(hash.AsSpan(0, DigestLength / 2)));
    }

    /// <summary>Reads what <see cref="ToString"/> writes: <c>labels</c> or <c>file-1a2b3c4d</c>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out PolicyOrigin origin)
    {
        bool known = text is LabelsText || IsFile(text);
        origin = known ? new PolicyOrigin(text!) : default;
        return known;
    }

    /// <summary>In a sentence: "by hand", "from labels", "from a file (1a2b3c4d)".</summary>
    public string Describe() => _text switch
    {
        null => "by hand",
        LabelsText => "from labels",
        _ => $"from a file ({_text})",
    };

    /// <summary>Empty for a policy made by hand.</summary>
    public override string ToString() => _text ?? "";

    private static bool IsFile(string? text) =>
        text is not null
        && text.Length == FilePrefix.Length + DigestLength
        && text.StartsWith(FilePrefix, StringComparison.Ordinal)
        && text.AsSpan(FilePrefix.Length).IndexOfAnyExcept(s_digits) < 0;
}
