namespace TailSplit.Tests.Shell;

/// <summary>A module of a few functions in a folder of its own, for the shell to load in place of TailSplit.</summary>
public sealed class TestModule : IDisposable
{
    private const string Manifest = """
        @{
            RootModule        = 'Things.psm1'
            ModuleVersion     = '1.0.0'
            PowerShellVersion = '7.6'
            FunctionsToExport = '*'
        }
        """;

    private const string Functions = """
        function Remove-Thing {
            [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
            param([Parameter(Mandatory, ValueFromPipeline)] [string] $Name)
            process { if ($PSCmdlet.ShouldProcess($Name, 'Remove')) { "removed $Name" } }
        }
        function Clear-Thing {
            [CmdletBinding()] param()
            if ($PSCmdlet.ShouldContinue('Clear them all?', 'Things')) { 'cleared' }
        }
        function Get-Thing {
            [CmdletBinding()] param()
            $PSCmdlet.WriteWarning('mind the thing')
            $PSCmdlet.WriteVerbose('looking for the thing')
            $PSCmdlet.WriteDebug('bits of the thing')
            $PSCmdlet.WriteProgress([Management.Automation.ProgressRecord]::new(1, 'searching', 'half way'))
            'thing'
        }
        function Get-LostThing {
            [CmdletBinding()] param()
            $record = [Management.Automation.ErrorRecord]::new(
                [Exception]::new('inner'), 'ThingLost', 'ObjectNotFound', 'thing')
            $record.ErrorDetails = [Management.Automation.ErrorDetails]::new('The thing is lost.')
            $record.ErrorDetails.RecommendedAction = 'Look under the table.'
            $PSCmdlet.WriteError($record)
        }
        function Wait-Thing {
            try { $Host.UI.WriteLine('waiting'); while ($true) { [Threading.Thread]::Sleep(20) } }
            finally { $Host.UI.WriteLine('tidied up') }
        }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tailsplit-shell-");

    public TestModule()
    {
        ManifestPath = AddFile("Things.psd1", Manifest);
        AddFile("Things.psm1", Functions);
    }

    public string ManifestPath { get; }

    /// <summary>Writes a file beside the module's and returns its path.</summary>
    public string AddFile(string name, string text)
    {
        string path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
