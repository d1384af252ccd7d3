using System.Collections.Immutable;
using System.Text;
using TailSplit.Core;
using TailSplit.Core.Documents;
using TailSplit.Core.Hosts;
using TailSplit.Core.Services;
using TailSplit.Execution.Files;
using TailSplit.Execution.Services;

namespace TailSplit.Execution.Hosts;

/// <summary>
/// Reads which policies are restored at boot, under the same conditions as the unit that restores them.
/// </summary>
internal sealed class BootReader(IHostFiles files)
{
    // The unit that puts policies in force at boot.
    private static readonly string s_unit = ServiceLayout.UnitFile(ServiceLayout.SyncUnit);

    public HostBoot Read()
    {
        (ImmutableHashSet<string> kept, Failure? trouble) = ReadKept();
        return new HostBoot
        {
            HasService = files.Exists(s_unit),
            Kept = kept,
            KeptTrouble = trouble,
            UnitTroubles = new ServiceUnitReader(files).Read(),
        };
    }

    // A file that the unit refuses restores no policy.
    private (ImmutableHashSet<string> Names, Failure? Trouble) ReadKept()
    {
        try
        {
            if (files.Read(ServiceLayout.PolicyFile) is not string text)
                return ([], null);

            PolicyDocument document = PolicyDocumentReader.Read(ServiceLayout.PolicyFile, Encoding.UTF8.GetBytes(text));
            return ([.. document.Policies.Select(kept => kept.Policy.Name.ToString())], null);
        }
        catch (TailSplitException e)
        {
            return ([], e.Failure);
        }
    }
}
