using TailSplit.Tests.Fakes;

namespace TailSplit.Tests.Engine.Hosting;

/// <summary>
/// The time for a watcher, which asks for it whenever it waits for news: by that a test sees that a look has ended.
/// </summary>
internal sealed class RestClock(FakeHost host) : TimeProvider
{
    private int _looks;

    /// <summary>How many readings of the rules had been made when it last waited.</summary>
    public int LooksBeforeRest => Volatile.Read(ref _looks);

    /// <summary>How many have been made.</summary>
    public int Looks => host.Count("iptables-save -c");

    public override long GetTimestamp()
    {
        Volatile.Write(ref _looks, Looks);
        return base.GetTimestamp();
    }
}
