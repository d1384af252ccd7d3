using System.Diagnostics;
using System.Text;
using TailSplit.Core.Nftables;
using Xunit;

namespace TailSplit.Tests.Core.Nftables;

/// <summary>
/// The real nft, in a user and a network namespace that hold nothing else and end with this object. It needs no root.
/// </summary>
internal sealed class NftShell : IDisposable
{
    private const string End = "-- end --";

    private readonly Process _shell;

    private NftShell(Process shell) => _shell = shell;

    /// <summary>Skips the test where there is no nft, or where the kernel refuses the namespaces.</summary>
    public static NftShell Start()
    {
        ProcessStartInfo start = new("unshare", ["--user", "--map-root-user", "--net", "sh"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // nft is in /usr/sbin, which not everybody's PATH has.
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";
        NftShell shell = new(Process.Start(start)!);
        shell._shell.ErrorDataReceived += (_, _) => { };
        shell._shell.BeginErrorReadLine();
        if (shell.Run("nft list ruleset") is { Length: > 0 } complaint)
        {
            shell.Dispose();
            Assert.Skip($"nft can't be used in a network namespace of its own: {complaint}");
        }

        return shell;
    }

    /// <summary>Carries a text out; returns what nft complains about.</summary>
    public string Apply(string text) => Run($"nft -f - <<'TEXT'\n{text}TEXT");

    /// <summary>What the table holds.</summary>
    public NftContent Read()
    {
        string json = Run($"nft -j list table inet {NftObject.Table}");
        return json.Contains("No such file or directory", StringComparison.Ordinal) ? NftContent.None : NftContent.Parse(json);
    }

    public string Run(string command)
    {
        try
        {
            _shell.StandardInput.Write($"exec 2>&1\n{command}\necho; echo '{End}'\n");
            _shell.StandardInput.Flush();
        }
        catch (IOException e)
        {
            return e.Message;
        }

        StringBuilder output = new();
        while (_shell.StandardOutput.ReadLine() is string line)
        {
            if (line == End)
                return output.ToString().TrimEnd('\n');

            output.Append(line).Append('\n');
        }

        return $"the shell ended: {output}";
    }

    public void Dispose()
    {
        if (!_shell.HasExited)
            _shell.Kill(entireProcessTree: true);

        _shell.Dispose();
    }
}
