namespace TailSplit.Benchmarks.Packets;

/// <summary>Where a measured packet comes from, and so which policy it meets.</summary>
internal enum PacketPath
{
    /// <summary>From a bridge that no policy names.</summary>
    NoPolicy,

    /// <summary>From outside, to a container that no policy is about.</summary>
    Inbound,

    FirstBypass,

    LastBypass,

    FirstKillswitch,

    LastKillswitch,
}
