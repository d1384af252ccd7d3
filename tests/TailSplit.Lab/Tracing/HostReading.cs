using System.Globalization;
using System.Net;

namespace TailSplit.Lab.Tracing;

/// <summary>
/// The host read once, at its prompt, for any number of traces and for the proof of each killswitch: a cmdlet would read
/// it again for every trace.
/// </summary>
internal sealed class HostReading(TraceLab lab)
{
    // What only the module depends on is not found by name in the session, so the assembly is asked for its types.
    private const string Open = """
        $execution = [Reflection.Assembly]::Load('TailSplit.Execution')
        function New-Execution([string] $name, [object[]] $with) { , $execution.GetType("TailSplit.Execution.$name").GetConstructors()[0].Invoke($with) }
        $lines = [Collections.Generic.List[string]]::new()
        $machine = $execution.GetType('TailSplit.Execution.Machine').GetMethod('OfThisProcess').Invoke($null, @([Action[string]] $lines.Add))
        $reader = New-Execution Hosts.HostReader @($machine)
        $traffic = $execution.GetType('TailSplit.Execution.Hosts.HostScope').GetProperty('Traffic').GetValue($null)
        """;

    private const string Read = """
        $source = [TailSplit.Core.Tracing.Walk.TraceInput]::new($reader.ReadAsync($traffic, [Threading.CancellationToken]::None).GetAwaiter().GetResult())
        $hosts = @{}
        function Get-LabHost($family, $bridge) { $hosts["$family $bridge"] ??= $source.For($family, $bridge); $hosts["$family $bridge"] }
        """;

    // The verdict in the words of Trace-TailSplitPacket.
    private const string Trace = """
        foreach ($line in $packets) {
            $network, $protocol, $port, $to, $from, $bridgeName, $subnets = $line -split ' '
            $bridge = [TailSplit.Core.Model.InterfaceName]::Parse($bridgeName)
            $packet = [TailSplit.Core.Tracing.Packet]::new($bridgeName, $from, $to, $protocol, $port)
            $prefixes = [TailSplit.Core.Model.Cidr]::Normalise([TailSplit.Core.Model.Cidr[]] @($subnets.ForEach{ [TailSplit.Core.Model.Cidr]::Parse($_) }))
            $trace = [TailSplit.Core.Tracing.Walk.PacketTracer]::Trace((Get-LabHost $packet.Family $bridge), $packet, $prefixes)
            $verdict = switch ($trace.End) {
                Leaves { "$($trace.Egress) by $($trace.Interface)" }
                Blocked { 'Blocked' }
                StaysOnBridge { "Stays on $($trace.Interface)" }
                Delivered { 'Delivered to the host' }
            }
            "trace=$network $protocol $to=$verdict=$($trace.Unsure)=$($trace.Responsible.CommandLine)"
        }
        """;

    private const string Prove = """
        $prover = [TailSplit.Core.Proving.Prover]::new([Func[TailSplit.Core.Model.IpFamily, TailSplit.Core.Model.InterfaceName, TailSplit.Core.Tracing.Walk.TraceHost]] $source.For, $source.Host.Environment)
        foreach ($live in $source.Host.Policies.Where{ $_.IsNamed -and $_.IsWhole -and "$($_.Policy.Kind)" -eq 'Killswitch' -and $_.Policy.Target.Bridge }) {
            $proof = $prover.Prove($live.Policy)
            "proof=$($live.Policy.Name)=$($proof.IsProved)=$($proof.Counterexample ? "$($proof.Counterexample.Layer) $($proof.Counterexample.Packet.Destination) $($proof.Counterexample.Packet.Protocol) by $($proof.Counterexample.Trace.Interface): $($proof.Counterexample.Trace.Responsible.CommandLine)" : $proof.Unsure[0])"
            if (-not $proof.IsProved) { continue }
            foreach ($question in $prover.Questions($live.Policy)) {
                $packet, $row = $question.Item1, $question.Item2
                if (-not $row.Allowed.HasFlag([TailSplit.Core.Proving.Ways]::Clear)) {
                    "class=$($live.Policy.Name)=$($packet.Source)=$($packet.Destination)=$($packet.Protocol)=$($packet.Port) $($packet.State) $($packet.IsAnswer) $($packet.ConnectionMark) $($packet.ClientPort) $($packet.OtherProtocol)"
                }
            }
        }
        """;

    private bool _isOpen;

    /// <summary>By packet ("media Tcp 10.0.0.20"): its verdict, what is unsure about it, and the rule responsible.</summary>
    public IReadOnlyDictionary<string, string[]> Traces { get; private set; } = new Dictionary<string, string[]>();

    /// <summary>The names of killswitches, whether they are proved, and what is in the way.</summary>
    public IReadOnlyList<(string Policy, bool IsProved, string Why)> Proofs { get; private set; } = [];

    /// <summary>One packet of each class that a proved killswitch must not let out in clear.</summary>
    public IReadOnlyList<ClassPacket> Classes { get; private set; } = [];

    public async Task Take(IEnumerable<(string Network, string Protocol, int Port, IPAddress To)> packets)
    {
        if (!_isOpen)
        {
            await lab.Run(Open);
            _isOpen = true;
        }

        string list = string.Join('\n', packets.Select(one =>
            $"{one.Network} {one.Protocol} {(one.Protocol == "Icmp" ? 0 : one.Port)} {one.To} " +
            $"{lab.Senders[one.Network].Addresses.First(from => from.AddressFamily == one.To.AddressFamily)} " +
            $"{lab.Bridges[one.Network]} {TraceLab.SubnetsOf(one.Network)}"));
        string[][] lines =
        [
            .. (await lab.Run($"{Read}\n$packets = @'\n{list}\n'@ -split \"`n\"\n{Trace}\n{Prove}"))
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => line.Split('=', 6)),
        ];
        Traces = lines.Where(parts => parts[0] == "trace")
            .ToDictionary(parts => parts[1], parts => (string[])["", parts[2], parts[3], string.Join('=', parts[4..])]);
        Proofs = [.. lines.Where(parts => parts[0] == "proof").Select(parts => (parts[1], parts[2] == "True", string.Join('=', parts[3..])))];
        Classes =
        [
            .. lines.Where(parts => parts[0] == "class")
                .Select(parts => (parts, Words: parts[5].Split(' ')))
                .Where(line => line.Words[1] != "Related")
                .Select(line => OfLine(line.parts, line.Words)),
        ];
    }

    private static ClassPacket OfLine(string[] parts, string[] words)
    {
        ClassPacket packet = new(
            parts[1], IPAddress.Parse(parts[2]), IPAddress.Parse(parts[3]), parts[4], int.Parse(words[0], CultureInfo.InvariantCulture))
        {
            IsEstablished = words[1] == "Established",
            IsAnswer = words[2] == "True",
            Mark = uint.Parse(words[3], CultureInfo.InvariantCulture),
            OtherProtocol = byte.Parse(words[5], CultureInfo.InvariantCulture),
        };
        return words[4].Length == 0
            ? packet
            : packet with { ClientPort = int.Parse(words[4], CultureInfo.InvariantCulture) };
    }
}
