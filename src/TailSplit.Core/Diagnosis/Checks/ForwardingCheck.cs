namespace TailSplit.Core.Diagnosis.Checks;

/// <summary>The kernel forwards packets at all.</summary>
internal sealed class ForwardingCheck : IHostCheck
{
    public string Name => "Forwarding";

    public IEnumerable<CheckResult> Run(HostSnapshot host)
    {
        bool hasIPv6 = host.Policies.Any(policy => policy.Policy.Target.SubnetsOf(Model.IpFamily.IPv6).Any());
        string[] remedies =
        [
            .. host.Environment.Forwards == false ? (string[])["net.ipv4.ip_forward=1"] : [],
            .. host.Environment.ForwardsIPv6 == false && hasIPv6 ? (string[])["net.ipv6.conf.all.forwarding=1"] : [],
        ];
        yield return host.Environment.Forwards is null ? CheckResult.Skipped(Name, "The kernel's setting can't be read.")
            : remedies.Length == 0 ? CheckResult.Pass(Name, "The kernel forwards packets.")
            : CheckResult.Fail(Name, "The kernel forwards nothing: containers reach the host alone.", $"sysctl -w {string.Join(' ', remedies)}");
    }
}
