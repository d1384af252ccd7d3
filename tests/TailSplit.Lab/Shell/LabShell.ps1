# The other end of LabShell: runs each script that comes as a line of base64, in one session, statement by statement as
# at a prompt. Objects go to stdout as text; errors, warnings and verbose lines go to stderr. A line with the marker ends both.
param([string] $Manifest)

function Write-Answer {
    begin {
        $objects = [Collections.Generic.List[object]]::new()
        function Write-Objects {
            if ($objects.Count -gt 0) {
                [Console]::Out.Write(($objects | Out-String -Width 120))
                $objects.Clear()
            }
        }
    }
    process {
        switch ($_) {
            { $_ -is [Management.Automation.ErrorRecord] } {
                $command = $_.InvocationInfo.MyCommand.Name
                $native = $_.FullyQualifiedErrorId -like 'NativeCommandError*'
                [Console]::Error.WriteLine($command -and -not $native ? "${command}: $_" : "$_")
                if ($_.ErrorDetails.RecommendedAction) {
                    [Console]::Error.WriteLine("  Recommendation: $($_.ErrorDetails.RecommendedAction)")
                }
                break
            }
            { $_ -is [Management.Automation.WarningRecord] } { [Console]::Error.WriteLine("WARNING: $_"); break }
            { $_ -is [Management.Automation.VerboseRecord] } { [Console]::Error.WriteLine("VERBOSE: $_"); break }
            { $_ -is [Management.Automation.DebugRecord] } { [Console]::Error.WriteLine("DEBUG: $_"); break }
            # A string is not wrapped, whatever its length: it may be JSON.
            { $_ -is [string] } { Write-Objects; [Console]::Out.WriteLine($_); break }
            default { $objects.Add($_) }
        }
    }
    end { Write-Objects }
}

$PSStyle.OutputRendering = 'PlainText'
$ProgressPreference = 'SilentlyContinue'
Import-Module $Manifest -ErrorAction Stop
if ($env:TAILSPLIT_LAB_BACKEND) {
    $PSDefaultParameterValues['New-TailSplit*:FirewallBackend'] = $env:TAILSPLIT_LAB_BACKEND
}

while ($null -ne ($LabLine = [Console]::In.ReadLine())) {
    $LabMarker, $LabScript = $LabLine -split ' '
    $LabScript = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($LabScript))
    $LabErrors = $null
    $LabTree = [Management.Automation.Language.Parser]::ParseInput($LabScript, [ref] $null, [ref] $LabErrors)
    $LabErrors | ForEach-Object { [Console]::Error.WriteLine("ParserError: $($_.Message)") }
    $LabSucceeded = -not $LabErrors
    foreach ($LabStatement in $LabErrors ? @() : $LabTree.EndBlock.Statements) {
        $LabSucceeded = $false
        # What a statement leaves in $? is asked inside, since the pipeline around it has its own.
        $LabBlock = [scriptblock]::Create("$LabStatement`n`$LabSucceeded = `$?")
        try { . $LabBlock *>&1 | Write-Answer } catch { $_ | Write-Answer }
    }

    [Console]::Out.WriteLine("$LabMarker $LabSucceeded")
    [Console]::Error.WriteLine($LabMarker)
}
