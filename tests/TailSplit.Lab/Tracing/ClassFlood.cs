namespace TailSplit.Lab.Tracing;

/// <summary>Sends a packet of each class of a proof from the killswitch's container, and sees what comes out in clear.</summary>
internal sealed class ClassFlood(TraceLab lab)
{
    // A ping's identifier, which is no port of a class.
    private const int PingId = 65123;

    /// <summary>How many packets were sent.</summary>
    public int Sent { get; private set; }

    /// <summary>The packets of these classes that came out elsewhere than in the tunnel, on the host or on their own bridge.</summary>
    public async Task<IReadOnlyList<string>> Leaks(IReadOnlyList<ClassPacket> classes)
    {
        List<string> leaks = [];
        foreach (IGrouping<string, ClassPacket> policy in classes.GroupBy(one => one.Policy))
        {
            Container sender = lab.Senders[policy.Key];
            foreach (SeenPackets sightings in lab.SeenPackets)
                await sightings.Take();

            HashSet<string> sent = Send(policy.Key, sender, [.. policy.Where(one => !one.IsEstablished)]);
            sent.UnionWith(await Continue(sender, [.. policy.Where(one => one.IsEstablished && one.Protocol == "Udp")]));
            foreach (SeenPackets sightings in lab.SeenPackets.Where(place => IsClear(place.VerdictOn(policy.Key))))
            {
                leaks.AddRange((await sightings.Take()).Intersect(sent)
                    .Select(key => $"{policy.Key}: {key} {sightings.VerdictOn(policy.Key)}"));
            }

            Sent += sent.Count;
        }

        return leaks;
    }

    // Packets of connections that exist, of either direction: conntrack takes these connections from a file.
    private async Task<HashSet<string>> Continue(Container sender, IReadOnlyList<ClassPacket> classes)
    {
        HashSet<string> sent = [];
        // A connection has one mark.
        foreach (IGrouping<uint, ClassPacket> mark in classes.GroupBy(one => one.Mark))
        {
            string file = Path.GetTempFileName();
            try
            {
                await File.WriteAllLinesAsync(file, mark.Select(one => one.Connection).Distinct());
                await lab.Lab.Host.TryRun("conntrack", ["-F"]);
                await lab.Lab.Host.Run("conntrack", ["--load-file", file]);
            }
            finally
            {
                File.Delete(file);
            }

            foreach (ClassPacket one in mark)
            {
                if (RawSender.Send(sender, one.From, one.Target))
                    sent.Add(SeenPackets.Key(one.To, "udp", one.Target.Port));
            }
        }

        return sent;
    }

    private static bool IsClear(string verdict) => verdict.StartsWith("Direct", StringComparison.Ordinal);

    private static HashSet<string> Send(string policy, Container sender, IReadOnlyList<ClassPacket> classes)
    {
        HashSet<string> sent = [];
        using FirstPackets packets = new();
        foreach (IGrouping<(string Protocol, int Port), ClassPacket> kind in classes
            .Where(one => one.Protocol != "Other" && TraceLab.IsOf(policy, one.Source)).GroupBy(one => (one.Protocol, one.Port)))
        {
            int port = kind.Key.Protocol == "Icmp" ? PingId : kind.Key.Port;
            packets.Send(sender, kind.Key.Protocol, port, kind.Select(one => one.To).Distinct());
            foreach (ClassPacket one in kind)
                sent.Add(SeenPackets.Key(one.To, one.Protocol.ToLowerInvariant(), port));
        }

        // A container can send from any address.
        foreach (ClassPacket one in classes.Where(one => one.Protocol == "Udp" && !sender.Addresses.Contains(one.Source)))
        {
            if (RawSender.Send(sender, one.Source, one.To, one.Port))
                sent.Add(SeenPackets.Key(one.To, "udp", one.Port));
        }

        foreach (ClassPacket one in classes.Where(one => one.Protocol == "Other"))
        {
            if (RawSender.SendProtocol(sender, one.Source, one.To, one.OtherProtocol))
                sent.Add(SeenPackets.KeyOf(one.To, one.OtherProtocol));
        }

        return sent;
    }
}
