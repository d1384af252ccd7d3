using TailSplit.Core.Model;
using TailSplit.Execution.Programs;

namespace TailSplit.Tests.Fakes;

/// <summary>The calls of one step of a transaction, as a fault or an intruder names them.</summary>
internal static class Calls
{
    public static Func<ProgramCall, bool> Save(IpFamily family) => call =>
        call.Program.StartsWith(Iptables(family), StringComparison.Ordinal)
            && call.Program.EndsWith("-save", StringComparison.Ordinal)
            && call.Arguments is not ["--version"];

    public static Func<ProgramCall, bool> Test(IpFamily family) =>
        call => IsRestore(call, family) && call.Arguments.Contains("--test");

    public static Func<ProgramCall, bool> Restore(IpFamily family) =>
        call => IsRestore(call, family) && !call.Arguments.Contains("--test");

    public static Func<ProgramCall, bool> Batch(IpFamily family) => call =>
        call.Program == "ip" && call.Arguments[0] == $"-{(int)family}" && call.Arguments.Contains("-batch");

    public static bool IsWrite(ProgramCall call) => FakeCall.WritesRules(call);

    private static bool IsRestore(ProgramCall call, IpFamily family) =>
        call.Program.StartsWith(Iptables(family), StringComparison.Ordinal)
            && call.Program.EndsWith("-restore", StringComparison.Ordinal)
            && call.Arguments is not ["--version"];

    private static string Iptables(IpFamily family) => family == IpFamily.IPv4 ? "iptables" : "ip6tables";
}
