using System.Net;
using System.Net.Sockets;
using TailSplit.Lab.Contract;
using TailSplit.Lab.Truth;

namespace TailSplit.Lab.Options;

[Collection(typeof(SharedOwnTableOptionsLab))]
public sealed class OwnTableMssClampTests(OwnTableOptionsLab split) : MssClampTests(split);

/// <summary>
/// Much data through the tunnel, whose MTU is 1280, where nobody hears that a packet was too large for it: what the
/// exit node and the host would say of it by ICMP is dropped.
/// </summary>
public abstract class MssClampTests(SplitLab split)
{
    private const int Port = 8443;
    private const int Amount = 100_000;

    // A transfer takes some 50 ms, and longer on a machine that is short of time. One that hangs goes on for a quarter
    // of an hour, and nothing of it arrives.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_patienceWithHanging = TimeSpan.FromSeconds(4);

    private const string Silent =
        """
        table inet silent {
            chain output {
                type filter hook output priority 0
                icmp type destination-unreachable icmp code frag-needed drop
                icmpv6 type packet-too-big drop
            }
        }
        """;

    protected SplitLab Split => split;

    protected Lab Lab => split.Lab;

    [Theory, ClassData(typeof(Families))]
    public async Task A_large_answer_arrives_where_icmp_is_filtered(AddressFamily family) =>
        await HangsWithoutTheClampAlone(patience => Transfer(family, fromServer: true, patience));

    [Theory, ClassData(typeof(Families))]
    public async Task A_large_upload_arrives_where_icmp_is_filtered(AddressFamily family) =>
        await HangsWithoutTheClampAlone(patience => Transfer(family, fromServer: false, patience));

    private async Task HangsWithoutTheClampAlone(Func<TimeSpan, Task<int>> transfer)
    {
        await Lab.Tailscale.Set(new());
        await Layers.Killswitch(split);
        NetworkNamespace[] silent = [Lab.Topology.Exit, Lab.Host];
        foreach (NetworkNamespace inside in silent)
            await inside.Run("nft", ["-f", "-"], Silent);

        try
        {
            await Layers.EmptyClamp(Lab);
            // The control: it connects, and hangs.
            Assert.Equal(0, await transfer(s_patienceWithHanging));
            await split.Run("New-TailSplitKillswitch torrents | Out-Null");
            Assert.Equal(Amount, await transfer(s_patience));
        }
        finally
        {
            foreach (NetworkNamespace inside in silent)
                await inside.Run("nft", ["delete", "table", "inet", "silent"]);

            await split.Remove();
        }
    }

    // How much of it arrives in time.
    private async Task<int> Transfer(AddressFamily family, bool fromServer, TimeSpan patience)
    {
        IPEndPoint end = new(Place.Internet.At(family), Port);
        using Socket listener = Lab.Topology.Inet.Enter(() =>
        {
            Socket socket = new(family, SocketType.Stream, ProtocolType.Tcp);
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(end);
            socket.Listen();
            return socket;
        });
        using Socket client = split.Torrents.Namespace.Enter(() => new Socket(family, SocketType.Stream, ProtocolType.Tcp));
        using CancellationTokenSource limit = new(patience);
        Task<Socket> accepted = listener.AcceptAsync(limit.Token).AsTask();
        await client.ConnectAsync(end, limit.Token);
        using Socket server = await accepted;
        (Socket from, Socket to) = fromServer ? (server, client) : (client, server);
        Task sending = Send(from, limit.Token);
        int arrived = await Receive(to, limit.Token);
        await sending;
        // A reset, so that nothing of it is sent again in the next test.
        server.LingerState = client.LingerState = new LingerOption(true, 0);
        return arrived;
    }

    private static async Task Send(Socket to, CancellationToken stop)
    {
        try
        {
            ReadOnlyMemory<byte> left = new byte[Amount];
            while (left.Length > 0)
                left = left[await to.SendAsync(left, stop)..];
        }
        catch (OperationCanceledException)
        {
            // It hangs.
        }
    }

    private static async Task<int> Receive(Socket from, CancellationToken stop)
    {
        byte[] buffer = new byte[65536];
        int arrived = 0;
        try
        {
            while (arrived < Amount && await from.ReceiveAsync(buffer, stop) is > 0 and int count)
                arrived += count;
        }
        catch (OperationCanceledException)
        {
            // It hangs.
        }

        return arrived;
    }
}
