using System.Collections.Immutable;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Nftables;

/// <summary>
/// The details of a rule's owner beyond kind and name, which the chain's name has: <c>network=media bridge=br-0a
/// options=1a2b3c4d</c>. If they don't fit into one comment, the comments of the policy's objects repeat the parts in
/// turn.
/// </summary>
internal sealed class NftComments
{
    /// <summary>NFTNL_UDATA_COMMENT_MAXLEN (libnftnl/udata.h).</summary>
    public const int Longest = 128;

    private readonly ImmutableArray<string> _texts;
    private int _next;

    public NftComments(RuleOwner owner) => _texts = Pack(owner.Details, Longest);

    /// <summary>The comment of the next object of the policy; null without details.</summary>
    public string? Next() => _texts.IsEmpty ? null : _texts[_next++ % _texts.Length];

    /// <summary>
    /// The comment of a rule in a chain that all policies share: the policy, and as many details as fit.
    /// </summary>
    public string NextWithName(RuleOwner owner)
    {
        string name = owner.Brief.ToString();
        return Next() is string more && name.Length + 1 + more.Length <= Longest ? $"{name} {more}" : name;
    }

    /// <summary>The owner with the details of a comment.</summary>
    public static RuleOwner Read(RuleOwner owner, string? comment) =>
        comment is not null && RuleOwner.TryParse($"{owner.Brief} {comment}", out RuleOwner? whole) ? whole : owner;

    // Each detail is in at least one comment. Remaining room repeats others, so little is lost with one object.
    private static ImmutableArray<string> Pack(IEnumerable<string> details, int longest)
    {
        string[] all = [.. details];
        ImmutableArray<string>.Builder texts = ImmutableArray.CreateBuilder<string>();
        for (int next = 0; next < all.Length;)
        {
            int first = next;
            string text = all[next++];
            while (next < all.Length && Fits(text, all[next]))
                text = $"{text} {all[next++]}";

            foreach (string detail in (string[])[.. all[next..], .. all[..first]])
            {
                if (Fits(text, detail))
                    text = $"{text} {detail}";
            }

            texts.Add(text);
        }

        return texts.ToImmutable();

        bool Fits(string text, string detail) => text.Length + 1 + detail.Length <= longest;
    }
}
