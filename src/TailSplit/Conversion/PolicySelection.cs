using System.Management.Automation;
using TailSplit.Core.Compilation;
using TailSplit.Core.Model;
using TailSplit.Output;

namespace TailSplit.Conversion;

/// <summary>The policies that a name or an object from the pipeline selects.</summary>
internal sealed class PolicySelection
{
    private readonly Func<IEnumerable<LivePolicy>, LivePolicy[]> _choose;

    private PolicySelection(string text, bool mustMatch, Func<IEnumerable<LivePolicy>, LivePolicy[]> choose)
    {
        Text = text;
        MustMatch = mustMatch;
        _choose = choose;
    }

    public string Text { get; }

    /// <summary>Whether it is an error if no policy matches.</summary>
    public bool MustMatch { get; }

    public bool IsEverything => Text == "*";

    public static PolicySelection ByName(string name)
    {
        NamePattern pattern = new(name);
        return new PolicySelection(
            name, pattern.IsOne, policies => pattern.Choose(policies, policy => policy.Policy.Name.ToString()));
    }

    /// <summary>Whether an object of this type can name a policy.</summary>
    public static bool IsKnown(PSObject input) =>
        input.BaseObject is string or TailSplitRule
            || Property(input, "CommandLine") is not null
            || Of(input) is not null;

    /// <summary>The selection of an object; null for a rule that belongs to no policy.</summary>
    public static PolicySelection? Of(PSObject input) => input.BaseObject switch
    {
        string name => ByName(name),
        TailSplitPolicy policy => Exactly(policy.Name),
        TailSplitRule rule => rule.Policy is string policy ? Exactly(policy) : null,
        DockerNetwork network => ByNetwork(network.Name, network.SharesName ? network.Bridge : null),
        // An object from PowerShell remoting has the same properties, but another type.
        _ when Property(input, "Policy") is string policy => Exactly(policy),
        _ when Property(input, "Driver") is not null && Property(input, "Name") is string network =>
            ByNetwork(network, Property(input, "SharesName") == bool.TrueString ? Property(input, "Bridge") : null),
        _ when Property(input, "Name") is string name => Exactly(name),
        _ => null,
    };

    /// <summary>The ones of these policies that it selects.</summary>
    public LivePolicy[] Choose(IEnumerable<LivePolicy> policies) => _choose(policies);

    private static PolicySelection Exactly(string name) =>
        Where(name, policy => policy.Name.ToString() == name);

    // If two networks share the name, the bridge must match too.
    private static PolicySelection ByNetwork(string network, string? bridge) => Where(
        network,
        policy =>
            (policy.Target.Network?.ToString() == network
                && (bridge is null || policy.Target.Bridge?.ToString() == bridge))
            || (policy.Target.Network is null && policy.Name.ToString() == network));

    private static PolicySelection Where(string text, Func<Policy, bool> matches) => new(
        text, mustMatch: true, policies => [.. policies.Where(policy => matches(policy.Policy))]);

    private static string? Property(PSObject input, string property) => input.Properties[property]?.Value?.ToString();
}
