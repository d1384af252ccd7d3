@{
    RootModule             = 'bin/TailSplit.dll'
    ModuleVersion          = '0.1.0'
    GUID                   = 'b3a1a8d4-6f0e-4f7c-9b0a-5c6f1f6f2e84'
    Author                 = 'The TailSplit maintainers'
    CompanyName            = 'TailSplit'
    Copyright              = '(c) 2026 The TailSplit maintainers. MIT.'
    Description            = 'Split tunnelling and killswitches per Docker network, for hosts that use a Tailscale exit node.'
    CompatiblePSEditions   = @('Core')
    PowerShellVersion      = '7.6'
    CmdletsToExport        = @(
        'Export-TailSplitPolicy'
        'Get-DockerNetwork'
        'Get-TailSplitEnvironment'
        'Get-TailSplitPolicy'
        'Get-TailSplitRule'
        'Import-TailSplitPolicy'
        'New-TailSplitBypass'
        'New-TailSplitKillswitch'
        'Register-TailSplitService'
        'Remove-TailSplitPolicy'
        'Show-TailSplitMap'
        'Sync-TailSplitPolicy'
        'Test-TailSplitPolicy'
        'Trace-TailSplitPacket'
        'Unregister-TailSplitService'
        'Watch-TailSplitPolicy'
    )
    FunctionsToExport      = @()
    VariablesToExport      = @()
    AliasesToExport        = @()
    FormatsToProcess       = @('bin/TailSplit.Format.ps1xml')
    PrivateData            = @{
        PSData = @{
            Tags         = @('PSEdition_Core', 'Linux', 'Docker', 'Tailscale', 'VPN', 'killswitch', 'iptables', 'split-tunnel')
            LicenseUri   = 'https://opensource.org/license/mit'
            # No ProjectUri until the project has an address of its own: a dead link helps nobody.
            ReleaseNotes = 'First release: bypass and killswitch per Docker network, for both address families, with a dry run, checks and an exact undo.'
        }
    }
}
