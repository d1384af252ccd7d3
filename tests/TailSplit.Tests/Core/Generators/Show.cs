using TailSplit.Core.Model;

namespace TailSplit.Tests.Core.Generators;

/// <summary>Prints generated values so that a failure can be typed in again.</summary>
internal static class Show
{
    public static string Policies(IEnumerable<Policy> policies) =>
        string.Concat(policies.Select(policy => Policy(policy) + "\n"));

    public static string Policy(Policy policy) => policy switch
    {
        KillswitchPolicy closed =>
            $"{Common(closed)} -AllowDestination {string.Join(',', closed.AllowDestination)} -AllowPublishedPort:{closed.AllowPublishedPort} " +
            $"-Action {closed.Action} -BlockHost:{closed.BlockHost} -DnsServer {string.Join(',', closed.DnsServer)}",
        BypassPolicy open => $"{Common(open)} -Mechanism {open.Mechanism} -Exclude {string.Join(',', open.Exclude)}",
        _ => policy.ToString(),
    };

    private static string Common(Policy policy) =>
        $"{policy.Kind} {policy.Name} [{policy.Target}] network={policy.Target.Network} tunnel={policy.Tunnel}";
}
