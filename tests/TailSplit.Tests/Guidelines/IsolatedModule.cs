using Xunit;

namespace TailSplit.Tests.Guidelines;

/// <summary>
/// One session in a child process that imports the built module, uses it, imports it again and removes it.
/// </summary>
public sealed class IsolatedModule : IAsyncLifetime
{
    private const string Script = """
        function Show-Loaded([string] $Moment) {
            [AppDomain]::CurrentDomain.GetAssemblies() |
                Where-Object { $_.GetName().Name -in 'CliWrap', 'TailSplit', 'TailSplit.Core', 'TailSplit.Execution' } |
                ForEach-Object { "$($Moment): $($_.GetName().Name)=" + [Runtime.Loader.AssemblyLoadContext]::GetLoadContext($_).Name }
        }
        function Use-Module([string] $Moment) {
            try { Get-DockerNetwork -ErrorAction Stop | ForEach-Object { } } catch { "$($Moment): failed with $($_.FullyQualifiedErrorId)" }
        }
        Show-Loaded 'imported'
        "imported: $(@(Get-Command -Module TailSplit).Count) cmdlets, $((Get-Module TailSplit).ExportedFormatFiles.Count) formats"
        Use-Module 'used'
        Show-Loaded 'used'
        Import-Module $manifest -Force
        Use-Module 'forced'
        Show-Loaded 'forced'
        Remove-Module TailSplit
        "removed: $(@(Get-Command -Name *-TailSplit*, *-DockerNetwork).Count) cmdlets"
        Import-Module $manifest
        Use-Module 'again'
        Show-Loaded 'again'
        """;

    private string[] _lines = [];

    public async ValueTask InitializeAsync() => _lines = await ChildPowerShell.RunAsync(Script);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>What was printed at a moment, in order of the alphabet.</summary>
    public IEnumerable<string> At(string moment) => _lines
        .Where(line => line.StartsWith(moment + ": ", StringComparison.Ordinal))
        .Select(line => line[(moment.Length + 2)..])
        .Order(StringComparer.Ordinal);
}
