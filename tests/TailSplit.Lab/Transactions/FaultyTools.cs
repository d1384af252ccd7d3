using System.Globalization;

namespace TailSplit.Lab.Transactions;

/// <summary>
/// Wrappers for the tools that TailSplit starts, to be put first on a shell's PATH: they note every call, and one of
/// them, or each from one on, goes wrong as asked for. Everybody else has the tools themselves.
/// </summary>
public sealed class FaultyTools
{
    /// <summary>A call that can write: the commits of both families, in both layers. Not <c>--test</c>.</summary>
    public const string Writing = "^(iptables|ip6tables)-restore --noflush|^nft -f|^ip -[46] -batch";

    /// <summary>What a tool that fails says.</summary>
    public const string Complaint = "tool: the lab made this fail";

    private static readonly string[] s_tools =
        ["iptables-save", "ip6tables-save", "iptables-restore", "ip6tables-restore", "nft", "ip", "conntrack", "docker"];

    private readonly Lab _lab;
    private readonly string _folder;
    private readonly string _search;

    private FaultyTools(Lab lab, string folder)
    {
        (_lab, _folder) = (lab, folder);
        _search = $"{folder}/bin:{lab.Tools.SearchPath}";
    }

    /// <summary>The environment of a shell that is to have them.</summary>
    public IReadOnlyDictionary<string, string?> Environment =>
        new Dictionary<string, string?>(_lab.Environment) { ["PATH"] = _search };

    /// <summary>All calls since the last fault was set, in order: the program and its arguments.</summary>
    public IReadOnlyList<string> Calls =>
        [.. Lines("calls").Select(line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..])];

    /// <summary>How many calls the fault was for, whether or not it was their turn.</summary>
    public int Matched => Lines("matched").Length;

    public static async Task<FaultyTools> Create(Lab lab)
    {
        string folder = Path.Combine(lab.Folder, "faulty");
        Directory.CreateDirectory($"{folder}/bin");
        string script = $"{folder}/wrapper";
        await File.WriteAllTextAsync(script, Script(folder, lab.Tools.SearchPath));
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (string tool in s_tools)
        {
            File.CreateSymbolicLink($"{folder}/bin/{tool}", script);
        }

        return new(lab, folder);
    }

    /// <summary>A shell of its own that has them; it is the one that asked for them who ends it.</summary>
    public LabShell NewShell() => new(_lab.Host, Environment);

    /// <summary>No fault: calls are noted, from none on.</summary>
    public void Heal()
    {
        foreach (string file in (string[])["fault", "calls", "matched", "ended"])
        {
            File.Delete($"{_folder}/{file}");
        }
    }

    /// <summary>From now on calls that match go wrong.</summary>
    /// <param name="mode">How.</param>
    /// <param name="calls">Which calls, as a regular expression over program and arguments.</param>
    /// <param name="nth">The first that goes wrong, from 1.</param>
    /// <param name="onwards">Whether all after it go wrong too.</param>
    /// <param name="lines">
    /// How much of its input a tool does that fails in the middle: tables, or lines of a batch.
    /// </param>
    public void Break(FaultMode mode, string calls, int nth = 1, bool onwards = false, int lines = 1)
    {
        Heal();
        string name = mode switch
        {
            FaultMode.FailBefore => "fail-before",
            FaultMode.FailInTheMiddle => "fail-middle",
            FaultMode.FailAfter => "fail-after",
            FaultMode.KillBefore => "kill-before",
            FaultMode.KillAfter => "kill-after",
            _ => throw new ArgumentOutOfRangeException(nameof(mode)),
        };
        File.WriteAllText(
            $"{_folder}/fault",
            string.Create(
                CultureInfo.InvariantCulture,
                $"mode={name}\npattern='{calls}'\ntest=-{(onwards ? "ge" : "eq")}\nnth={nth}\nlines={lines}\n"));
    }

    /// <summary>
    /// Waits until every tool that was started has ended: those of a shell that was killed go on for a moment.
    /// </summary>
    public Task UntilEnded() => Wait.Until(() => Lines("ended").Length == Lines("calls").Length, "the tools to end");

    private string[] Lines(string file) =>
        File.Exists($"{_folder}/{file}") ? File.ReadAllLines($"{_folder}/{file}") : [];

    // Each line in a file of notes is one write(2) in append mode, so a call's number is that of its own line. Only
    // pwsh is ever killed, and only the process that started the tool.
    private static string Script(string folder, string search) =>
        $$"""
        #!/bin/sh
        name=${0##*/}
        call="$name $*"
        echo "$$ $call" >> {{folder}}/calls
        mode=none
        [ -e {{folder}}/fault ] && . {{folder}}/fault
        if [ $mode != none ]; then
            if echo "$call" | grep -Eq -e "$pattern"; then
                echo $$ >> {{folder}}/matched
                number=$(grep -nx $$ {{folder}}/matched | cut -d: -f1)
                [ "$number" $test "$nth" ] || mode=none
            else
                mode=none
            fi
        fi
        PATH={{search}}
        part() {
            case $name in
                ip) head -n "$lines" ;;
                *) awk -v last="$lines" '{ print } /^COMMIT/ { if (++n >= last) exit }' ;;
            esac
        }
        complain() {
            echo '{{Complaint}}' >&2
            status=1
        }
        end_parent() {
            status=1
            case $(tr '\0' ' ' < /proc/$PPID/cmdline) in
                */pwsh.dll*) kill -9 $PPID ;;
            esac
        }
        case $mode in
            none) "$name" "$@"; status=$? ;;
            fail-before) complain ;;
            fail-middle) part | "$name" "$@"; complain ;;
            fail-after) "$name" "$@"; complain ;;
            kill-before) end_parent ;;
            kill-after) "$name" "$@"; end_parent ;;
        esac
        echo $$ >> {{folder}}/ended
        exit $status

        """;
}
