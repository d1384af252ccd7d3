using TailSplit.Core.Documents;
using TailSplit.Core.Model;
using TailSplit.Core.Rules;

namespace TailSplit.Core.Services;

/// <summary>The content of the service: its policies, and how its units start.</summary>
/// <param name="Policies">The policies. The early unit closes the killswitches among them.</param>
/// <param name="Command">How the units start PowerShell.</param>
public sealed record ServiceContent(StoredPolicies Policies, ServiceCommand Command)
{
    private const UnixFileMode OwnerAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Readable = OwnerAlone | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Whether a unit watches the policies.</summary>
    public bool Watches { get; init; }

    /// <summary>Whether the units also apply labels of Docker networks.</summary>
    public bool ByLabel { get; init; }

    /// <summary>Every file of the service, in the order of <see cref="ServiceLayout.Files"/>.</summary>
    /// <param name="environment">The host that the rules are for.</param>
    /// <param name="iptables">The suffix of Docker's iptables: empty, <c>-nft</c> or <c>-legacy</c>.</param>
    public IEnumerable<ServiceFile> Files(RuleEnvironment environment, string iptables)
    {
        EarlyRules early = EarlyRules.Of(Policies.Closed, environment);
        yield return new ServiceFile(
            ServiceLayout.PolicyFile, PolicyDocumentWriter.Write(Policies.Document), OwnerAlone);
        foreach (IpFamily family in IpFamilies.All)
        {
            yield return Kept(ServiceLayout.Restore(family), early.Restore.GetValueOrDefault(family));
            yield return Kept(ServiceLayout.Batch(family), early.Batch.GetValueOrDefault(family));
        }

        yield return Kept(ServiceLayout.Nftables, early.Nftables.Length > 0 ? early.Nftables : null);
        yield return new ServiceFile(
            ServiceLayout.Script, EarlyScript.Write(iptables), OwnerAlone | UnixFileMode.UserExecute);
        yield return Unit(ServiceLayout.EarlyUnit, ServiceUnits.Early());
        yield return Unit(ServiceLayout.SyncUnit, ServiceUnits.Sync(Command, ByLabel));
        yield return Unit(ServiceLayout.WatchUnit, Watches ? ServiceUnits.Watch(Command, ByLabel) : null);
        if (!Watches)
        {
            foreach (string link in ServiceLayout.Links(ServiceLayout.WatchUnit))
                yield return new ServiceFile(link, null, UnixFileMode.None);
        }
    }

    private static ServiceFile Kept(string name, string? text) => new(ServiceLayout.InFolder(name), text, OwnerAlone);

    private static ServiceFile Unit(string name, string? text) => new(ServiceLayout.UnitFile(name), text, Readable);
}
