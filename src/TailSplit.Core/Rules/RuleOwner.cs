using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using TailSplit.Core.Model;

namespace TailSplit.Core.Rules;

/// <summary>
/// The policy of a rule, written into its comment: <c>tailsplit killswitch torrents</c>. The rules by which packets
/// enter a policy also record its network, bridge and subnets: the kernel is the only state, and any rule may be
/// missing.
/// </summary>
public sealed record RuleOwner(
    PolicyKind Kind, PolicyName Name, PolicyName? Network = null, InterfaceName? Bridge = null)
{
    /// <summary>
    /// The comment of rules that belong to no policy: the jumps from foreign chains and what all policies share.
    /// </summary>
    public const string SharedComment = "tailsplit";

    /// <summary>The comment of the jump in a DOCKER-USER chain that TailSplit itself created.</summary>
    public const string CreatedChainComment = "tailsplit made this chain";

    private const string Prefix = "tailsplit ";
    private const string NetworkKey = "network=";
    private const string BridgeKey = "bridge=";
    private const string SubnetKey = "subnet=";
    private const string OptionsKey = "options=";
    private const string OriginKey = "from=";
    private const string NoClamp = "mss=none";

    // XT_MAX_COMMENT_LEN is 256 with the terminator (linux/netfilter/xt_comment.h).
    private const int LongestComment = 255;

    /// <summary>The subnets, as far as the comment has room for them.</summary>
    public ImmutableArray<Cidr> Subnets { get; init; } = [];

    /// <summary>The <see cref="OptionsDigest"/> of the policy; null in a brief comment.</summary>
    public string? Options { get; init; }

    /// <summary>Who requested the policy; by hand in a brief comment.</summary>
    public PolicyOrigin Origin { get; init; }

    /// <summary>
    /// Whether the policy has no clamp of the segment size, since the kernel refused it. The last rule of the policy's
    /// chain says so.
    /// </summary>
    public bool OmitsClamp { get; init; }

    /// <summary>The same owner, without what only an entry rule says.</summary>
    public RuleOwner Brief => new(Kind, Name) { OmitsClamp = OmitsClamp };

    public static RuleOwner Of(Policy policy) =>
        new(policy.Kind, policy.Name, policy.Target.Network, policy.Target.Bridge)
        {
            Options = OptionsDigest.Of(policy),
            Origin = policy.Origin,
            Subnets = policy.Target.Subnets,
        };

    public bool Equals(RuleOwner? other) =>
        other is not null && (Kind, Name, Network, Bridge) == (other.Kind, other.Name, other.Network, other.Bridge);

    public override int GetHashCode() => HashCode.Combine(Kind, Name, Network, Bridge);

    public static bool TryParse(string? comment, [NotNullWhen(true)] out RuleOwner? owner)
    {
        owner = null;
        if (comment is null || !comment.StartsWith(Prefix, StringComparison.Ordinal))
            return false;

        string[] words = comment[Prefix.Length..].Split(' ');
        PolicyKind? kind = words[0] switch
        {
            "bypass" => PolicyKind.Bypass,
            "killswitch" => PolicyKind.Killswitch,
            _ => null,
        };
        if (kind is null || words.Length < 2 || !PolicyName.TryParse(words[1], out PolicyName name))
            return false;

        owner = new RuleOwner(kind.Value, name);
        foreach (string word in words.AsSpan(2))
        {
            if (word.StartsWith(NetworkKey, StringComparison.Ordinal)
                && PolicyName.TryParse(word[NetworkKey.Length..], out PolicyName network))
            {
                owner = owner with { Network = network };
            }
            else if (word.StartsWith(BridgeKey, StringComparison.Ordinal)
                && InterfaceName.TryParse(word[BridgeKey.Length..], out InterfaceName bridge))
            {
                owner = owner with { Bridge = bridge };
            }
            else if (word.StartsWith(OptionsKey, StringComparison.Ordinal))
            {
                owner = owner with { Options = word[OptionsKey.Length..] };
            }
            else if (word.StartsWith(OriginKey, StringComparison.Ordinal)
                && PolicyOrigin.TryParse(word[OriginKey.Length..], out PolicyOrigin origin))
            {
                owner = owner with { Origin = origin };
            }
            else if (word == NoClamp)
            {
                owner = owner with { OmitsClamp = true };
            }
            else if (word.StartsWith(SubnetKey, StringComparison.Ordinal)
                && Cidr.TryParse(word[SubnetKey.Length..], out Cidr subnet))
            {
                owner = owner with { Subnets = owner.Subnets.Add(subnet) };
            }
        }

        return true;
    }

    /// <summary>
    /// The parts of the comment after kind and name. A part is never cut: a rule with options also has its origin.
    /// </summary>
    internal IEnumerable<string> Details
    {
        get
        {
            if (Network is PolicyName network)
                yield return $"{NetworkKey}{network}";

            if (Bridge is InterfaceName bridge)
                yield return $"{BridgeKey}{bridge}";

            string origin = Origin.IsByHand ? "" : $"{OriginKey}{Origin}";
            string options = Options is null ? "" : $"{OptionsKey}{Options}";
            if (options.Length + origin.Length > 0)
                yield return $"{options} {origin}".Trim();

            if (OmitsClamp)
                yield return NoClamp;

            foreach (Cidr subnet in Subnets)
                yield return $"{SubnetKey}{subnet}";
        }
    }

    public override string ToString()
    {
        string comment = $"{Prefix}{(Kind == PolicyKind.Bypass ? "bypass" : "killswitch")} {Name}";
        foreach (string detail in Details)
        {
            string longer = $"{comment} {detail}";
            if (longer.Length <= LongestComment)
                comment = longer;
        }

        return comment;
    }
}
