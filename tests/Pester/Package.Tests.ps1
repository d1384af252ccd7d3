# The install lines of README.md, and the package out of a repository, each with a home of this file's own in place of the
# user's.

Describe 'The package' {
    BeforeAll {
        Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
        $root = Split-Path (Get-ModuleManifestPath)
        $version = (Import-PowerShellDataFile (Get-ModuleManifestPath)).ModuleVersion
        $cmdlets = (Import-PowerShellDataFile (Get-ModuleManifestPath)).CmdletsToExport
        $readme = [regex]::Match((Get-Content -Raw (Join-Path $root README.md)), '(?ms)^```powershell\n(.*?)^```').Groups[1].Value

        # A pwsh whose user has an empty home: no modules, and no repositories but his own. NuGet's packages are those of the build.
        $packageCache = $env:NUGET_PACKAGES ? $env:NUGET_PACKAGES : (Join-Path $HOME .nuget packages)
        function Invoke-AsNewUser([string] $User, [string] $Script) {
            $variables = 'HOME', 'XDG_DATA_HOME', 'PSModulePath', 'NUGET_PACKAGES'
            $before = $variables | ForEach-Object { [Environment]::GetEnvironmentVariable($_) }
            try {
                $env:HOME = Join-Path $TestDrive $User
                # Where this is missing, PSResourceGet keeps its list of repositories in the current folder.
                $null = New-Item -ItemType Directory -Force (Join-Path $env:HOME .local share)
                $env:XDG_DATA_HOME = $null
                $env:PSModulePath = $null
                $env:NUGET_PACKAGES = $packageCache
                Push-Location $root
                Invoke-FreshPowerShell $Script
            } finally {
                Pop-Location
                for ($i = 0; $i -lt $variables.Count; $i++) { [Environment]::SetEnvironmentVariable($variables[$i], $before[$i]) }
            }
        }

        $installed = Invoke-AsNewUser readme "$readme`nImport-Module TailSplit; (Get-Command -Module TailSplit).Name"
        $status = $LASTEXITCODE
    }

    Context 'by the lines of the README' {
        It 'is installed, imported by name and found' {
            $status | Should -Be 0 -Because "it said: $installed"
            foreach ($cmdlet in $cmdlets) { "$installed" | Should -Match $cmdlet }
        }

        It 'is imported by name in any later session, from where it was installed' {
            $base = Invoke-AsNewUser readme 'Import-Module TailSplit; (Get-Module TailSplit).ModuleBase'
            $base | Should -Be (Join-Path $TestDrive readme .local share powershell Modules TailSplit $version)
        }

        It 'is found without an import, and works from there' {
            $source, $rules = Invoke-AsNewUser readme ('(Get-Command Show-TailSplitMap).Source;' +
                '(New-TailSplitKillswitch -Subnet 172.31.0.0/16 -Bridge br-x -Name x -WhatIf).CommandLine')
            $source | Should -Be TailSplit
            $rules -match '^ip -4 rule add .*iif br-x prohibit' | Should -HaveCount 1
        }

        It 'is a module folder and a package of the same version' {
            Join-Path $root out TailSplit $version TailSplit.psd1 | Should -Exist
            Test-ModuleManifest (Join-Path $root out TailSplit $version TailSplit.psd1) | Should -Not -BeNullOrEmpty
            Join-Path $root out "TailSplit.$version.nupkg" | Should -Exist
        }
    }

    Context 'by build.ps1 Install, into the first folder of PSModulePath' {
        BeforeAll {
            $modules = Join-Path $TestDrive modules
            $folder = Join-Path $modules TailSplit $version
            $stale = (New-Item -ItemType File -Force (Join-Path $folder stale.dll)).FullName
            $other = (New-Item -ItemType File -Force (Join-Path $modules TailSplit 0.0.1 TailSplit.psd1)).FullName
            $said = Invoke-AsNewUser folder "`$env:PSModulePath = '$modules'; ./build.ps1 Install 3>&1"
            $status = $LASTEXITCODE
        }

        It 'is imported by name in a new PowerShell that has only this folder, with every cmdlet' {
            $status | Should -Be 0 -Because "it said: $said"
            $base, $names = Invoke-AsNewUser folder ("`$env:PSModulePath = '$modules'; Import-Module TailSplit;" +
                '(Get-Module TailSplit).ModuleBase; (Get-Command -Module TailSplit).Name')
            $base | Should -Be $folder
            $names | Sort-Object | Should -Be ($cmdlets | Sort-Object)
        }

        It 'leaves the home of the user alone' {
            Join-Path $TestDrive folder .local share powershell Modules TailSplit | Should -Not -Exist
        }

        It 'replaces an installation of the same version, and keeps those of others' {
            $stale | Should -Not -Exist
            $other | Should -Exist
        }

        It 'has code for this machine in <_>, which the package has not' -ForEach @(
            'TailSplit.dll', 'TailSplit.Core.dll', 'Dependencies/TailSplit.Execution.dll'
        ) {
            if ("$said" -match 'starts more slowly than it could') {
                Set-ItResult -Skipped -Because 'NuGet has no ahead-of-time compiler here'
            }

            # A ReadyToRun image has a managed native header (coreclr, ReadyToRun format).
            function Get-NativeHeaderSize([string] $Path) {
                $file = [Reflection.PortableExecutable.PEReader]::new([IO.File]::OpenRead($Path))
                try { $file.PEHeaders.CorHeader.ManagedNativeHeaderDirectory.Size } finally { $file.Dispose() }
            }
            Get-NativeHeaderSize (Join-Path $folder bin $_) | Should -BeGreaterThan 0
            Get-NativeHeaderSize (Join-Path $root out TailSplit $version bin $_) | Should -Be 0
        }
    }

    Context 'out of a repository' {
        BeforeAll {
            $packages = (New-Item -ItemType Directory (Join-Path $TestDrive packages)).FullName
            Copy-Item (Join-Path $root out "TailSplit.$version.nupkg") $packages
            $modules = Join-Path $TestDrive repository .local share powershell Modules TailSplit
        }

        It 'is installed by Install-PSResource, imported by name, and works' {
            $lines = Invoke-AsNewUser repository "
                Register-PSResourceRepository -Name packages -Uri '$packages' -Trusted
                Install-PSResource TailSplit -Repository packages
                Import-Module TailSplit
                (Get-Module TailSplit).ModuleBase
                @(Get-Command -Module TailSplit).Count
                @(New-TailSplitKillswitch -Subnet 172.31.0.0/16 -Bridge br-x -Name x -WhatIf | Where-Object State -EQ Planned).Count -gt 10
                (Get-Help New-TailSplitBypass).Synopsis"
            $lines[0] | Should -Be (Join-Path $modules $version)
            $lines[1] | Should -Be $cmdlets.Count
            $lines -match '^True$' | Should -HaveCount 1
            $lines[-1] | Should -Match '\.$'
        }

        It 'is brought to a higher version by Update-PSResource, beside the one before' {
            # The same package with another number, in its manifest and in what NuGet reads.
            $next = '99.0.0'
            $package = Join-Path $packages "TailSplit.$next.nupkg"
            Copy-Item (Join-Path $packages "TailSplit.$version.nupkg") $package
            $zip = [IO.Compression.ZipFile]::Open($package, 'Update')
            foreach ($name in 'TailSplit.nuspec', 'TailSplit.psd1') {
                $entry = $zip.GetEntry($name)
                $reader = [IO.StreamReader]::new($entry.Open())
                $text = $reader.ReadToEnd()
                $reader.Dispose()
                $entry.Delete()
                $writer = [IO.StreamWriter]::new($zip.CreateEntry($name).Open())
                $writer.Write($text.Replace("<version>$version<", "<version>$next<").Replace("= '$version'", "= '$next'"))
                $writer.Dispose()
            }
            $zip.Dispose()

            $lines = Invoke-AsNewUser repository '
                Update-PSResource TailSplit -Repository packages
                Import-Module TailSplit
                "$((Get-Module TailSplit).Version)"
                (Get-InstalledPSResource TailSplit).Version | Sort-Object | ForEach-Object { "$_" }'
            $lines | Should -Be $next, $version, $next
            Join-Path $modules $next bin TailSplit.dll | Should -Exist
        }
    }
}
