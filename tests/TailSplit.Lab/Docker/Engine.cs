namespace TailSplit.Lab;

/// <summary>Where a dockerd comes from.</summary>
public abstract record Engine(string Name)
{
    /// <summary>Debian 12's docker.io, as installed: 20.10.</summary>
    public static Engine Bookworm { get; } = new InstalledEngine();

    /// <summary>Debian 13's: 26.1.</summary>
    public static Engine Trixie { get; } = new ReleaseEngine("Trixie", "trixie") { Ip6TablesIsExperimental = true };

    /// <summary>Debian unstable's as of the day it was fetched: 28.5 or later.</summary>
    public static Engine Sid { get; } = new ReleaseEngine("Sid", "sid") { Ip6TablesIsExperimental = false };

    public static IReadOnlyList<Engine> All => [Bookworm, Trixie, Sid];

    /// <summary>An engine by its name, for the rows of a theory.</summary>
    public static Engine Named(string name) => All.Single(engine => engine.Name == name);

    /// <summary>Why this engine cannot run here, or null.</summary>
    public abstract string? Missing { get; }

    /// <summary>ip6tables is an experiment up to 26.1, and on by itself from 27.0.</summary>
    public abstract bool Ip6TablesIsExperimental { get; init; }

    /// <summary>Makes the engine ready: once per machine.</summary>
    public virtual Task Prepare() => Task.CompletedTask;

    /// <summary>daemon.json, in place of the machine's own.</summary>
    public virtual string Configuration(string labFolder) => "{}";

    /// <summary>
    /// The command, run inside the host's network namespace, that becomes dockerd with these arguments. It has a
    /// mount namespace of its own, so that its mounts end with it, and there the lab's resolv.conf.
    /// </summary>
    public abstract IReadOnlyList<string> Command(string labFolder, IReadOnlyList<string> arguments);

    public sealed override string ToString() => Name;
}
