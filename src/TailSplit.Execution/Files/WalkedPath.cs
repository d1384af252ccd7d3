using System.Collections.Immutable;
using TailSplit.Core.Trust;

namespace TailSplit.Execution.Files;

/// <summary>A path that was resolved component by component, as the kernel does (path_resolution(7)).</summary>
/// <param name="Target">The path without symbolic links. It need not exist.</param>
internal sealed record WalkedPath(string Target)
{
    // The limit of the kernel (MAXSYMLINKS).
    private const int MostLinks = 40;
    private const int NoEntry = 2;
    private const int NoFolder = 20;

    /// <summary>Every folder, link and file on the way, in order.</summary>
    public ImmutableArray<PathHop> Hops { get; private init; } = [];

    /// <summary>The status of the target; null if it does not exist or can't be read.</summary>
    public FileStatus? Status { get; private init; }

    /// <summary>Whether the target is known not to exist.</summary>
    public bool IsMissing { get; private init; }

    /// <summary>Resolves a path.</summary>
    /// <param name="path">A full path.</param>
    /// <param name="root">The folder that "/" stands for, in the path and in every link. No link can leave it.</param>
    /// <param name="followLast">Whether the last component is followed if it is a link.</param>
    public static WalkedPath Of(string path, string root = "/", bool followLast = true)
    {
        List<PathHop> hops = [];
        Stack<string> left = new(Parts(path).Reverse());
        List<string> reached = [];
        int links = 0;
        FileStatus? status = FileStatus.OfEntry(Place(root, reached), out int error);
        Add(Place(root, reached), status);
        while (status is not null && left.TryPop(out string? part))
        {
            if (part == "..")
            {
                if (reached.Count > 0)
                    reached.RemoveAt(reached.Count - 1);

                status = FileStatus.OfEntry(Place(root, reached), out error);
                continue;
            }

            reached.Add(part);
            string place = Place(root, reached);
            status = FileStatus.OfEntry(place, out error);
            Add(place, status);
            if (status is { Kind: HopKind.Link } && (followLast || left.Count > 0))
            {
                string? target = ++links > MostLinks ? null : new FileInfo(place).LinkTarget;
                if (target is null)
                    return new WalkedPath(place) { Hops = [.. hops], IsMissing = links > MostLinks };

                reached.RemoveAt(reached.Count - 1);
                if (target.StartsWith('/'))
                    reached.Clear();

                foreach (string next in Parts(target).Reverse())
                    left.Push(next);

                status = FileStatus.OfEntry(Place(root, reached), out error);
            }
        }

        // The remaining components belong to the target too: a file would be created there.
        foreach (string part in left)
        {
            if (part != "..")
                reached.Add(part);
            else if (reached.Count > 0)
                reached.RemoveAt(reached.Count - 1);
        }

        return new WalkedPath(Place(root, reached))
        {
            Hops = [.. hops],
            Status = status,
            IsMissing = status is null && error is NoEntry or NoFolder,
        };

        void Add(string place, FileStatus? seen)
        {
            if (seen is { } it)
                hops.Add(new PathHop(place, it.Kind, it.Owner, it.Group, it.Mode));
        }
    }

    private static IEnumerable<string> Parts(string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".");

    private static string Place(string root, IEnumerable<string> parts) =>
        Path.Join(root, string.Join('/', parts)) is { Length: > 1 } place ? place.TrimEnd('/') : "/";
}
