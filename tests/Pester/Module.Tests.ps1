BeforeDiscovery {
    # One page of help a cmdlet.
    $cmdlets = (Get-ChildItem (Join-Path $PSScriptRoot ../../docs/en-US/*-*.md)).BaseName
    $changing = $cmdlets -match '^(New|Remove|Export|Import|Sync|Register|Unregister)-|^Show-TailSplitMap$'
    $reading = $cmdlets | Where-Object { $_ -notin $changing }
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
    $manifest = Get-ModuleManifestPath
    $cmdlets = (Get-ChildItem (Join-Path $PSScriptRoot ../../docs/en-US/*-*.md)).BaseName
}

AfterAll {
    Remove-Module TailSplit -ErrorAction Ignore
}

Describe 'The manifest' {
    It 'is valid, for PowerShell 7.6 Core' {
        $info = Test-ModuleManifest $manifest -ErrorAction Stop
        $info.Name | Should -Be 'TailSplit'
        $info.PowerShellVersion | Should -Be '7.6'
        $info.CompatiblePSEditions | Should -Be 'Core'
        $info.Guid | Should -Be 'b3a1a8d4-6f0e-4f7c-9b0a-5c6f1f6f2e84'
        $info.Tags | Should -Contain 'Linux'
    }

    It 'names every cmdlet and nothing else' {
        $data = Import-PowerShellDataFile $manifest
        $data.CmdletsToExport | Sort-Object | Should -Be ($cmdlets | Sort-Object)
        $data.FunctionsToExport | Should -BeNullOrEmpty
        $data.AliasesToExport | Should -BeNullOrEmpty
        $data.VariablesToExport | Should -BeNullOrEmpty
    }

    It 'describes the module' {
        $info = Test-ModuleManifest $manifest
        $info.Description | Should -Not -BeNullOrEmpty
        $info.LicenseUri | Should -Not -BeNullOrEmpty
        $info.Author | Should -Not -BeNullOrEmpty
    }
}

Describe 'The module' {
    BeforeEach {
        $module = Import-Module $manifest -Force -PassThru
    }

    It 'exports its cmdlets, and them alone' {
        $module.ExportedCommands.Keys | Sort-Object | Should -Be ($cmdlets | Sort-Object)
        Get-Command -Module TailSplit | ForEach-Object CommandType | Sort-Object -Unique | Should -Be 'Cmdlet'
    }

    It 'uses approved verbs' {
        $verbs = (Get-Verb).Verb
        Get-Command -Module TailSplit | ForEach-Object { $_.Verb | Should -BeIn $verbs }
    }

    It 'is imported without a warning' {
        Import-Module $manifest -Force -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings | Should -BeNullOrEmpty
    }

    It 'declares what each cmdlet writes' {
        Get-Command -Module TailSplit | ForEach-Object { $_.OutputType.Count | Should -BeGreaterThan 0 -Because $_.Name }
    }

    It 'has -WhatIf and -Confirm on <_>' -ForEach $changing {
        (Get-Command $_).Parameters.Keys | Should -Contain 'WhatIf'
        (Get-Command $_).Parameters.Keys | Should -Contain 'Confirm'
    }

    It 'has no -WhatIf on <_>, which changes nothing' -ForEach $reading {
        (Get-Command $_).Parameters.Keys | Should -Not -Contain 'WhatIf'
    }

    It 'comes back after Remove-Module, and works' {
        Remove-Module TailSplit
        Get-Command New-TailSplitBypass -ErrorAction Ignore | Should -BeNullOrEmpty
        Import-Module $manifest
        { New-TailSplitBypass -Network media -Subnet 172.19.0.0/16 } | Should -Throw -ErrorId 'NetworkAndSubnet,*'
    }

    It 'works after Import-Module -Force twice' {
        Import-Module $manifest -Force
        Import-Module $manifest -Force
        Get-Module TailSplit | Should -HaveCount 1
        { New-TailSplitBypass -Network media -Subnet 172.19.0.0/16 } | Should -Throw -ErrorId 'NetworkAndSubnet,*'
    }
}

Describe 'A module without its folder Dependencies' {
    It 'names the file that is missing, and PowerShell goes on' {
        $copy = New-Item -ItemType Directory (Join-Path $TestDrive TailSplit)
        Copy-Item $manifest $copy
        Copy-Item -Recurse (Join-Path (Split-Path $manifest) bin) $copy
        Remove-Item -Recurse (Join-Path $copy bin Dependencies)
        $said = Invoke-FreshPowerShell ("Import-Module '$copy/TailSplit.psd1';" + 'try { Get-TailSplitPolicy } catch { "$_" }; "goes on"')
        $LASTEXITCODE | Should -Be 0
        $said[0] | Should -Match "'TailSplit.Execution,"
        $said[-1] | Should -Be 'goes on'
    }
}

Describe 'CliWrap' {
    BeforeAll {
        $stubs = (New-Item -ItemType Directory (Join-Path $TestDrive stubs)).FullName
        New-DockerStub $stubs
        $contexts = '[Runtime.Loader.AssemblyLoadContext]::All | ForEach-Object { foreach ($a in $_.Assemblies) {
            if ($a.GetName().Name -eq "CliWrap") { "$($_.Name) $($a.GetName().Version) $($a.Location)" } } } | Sort-Object'
    }

    It 'is loaded at first use only, into the load context of the module' {
        $before, $after = Invoke-FreshPowerShell "
            `$env:PATH = '${stubs}:' + `$env:PATH
            Import-Module '$manifest'
            @($contexts).Count
            `$null = Get-DockerNetwork
            $contexts"
        $before | Should -Be 0
        $after | Should -HaveCount 1
        $after | Should -BeLike 'TailSplit * */bin/Dependencies/CliWrap.dll'
    }

    It 'does not mind another CliWrap that the session has loaded, nor is minded by it' {
        $other = Join-Path $TestDrive CliWrap.dll
        $lines = Invoke-FreshPowerShell "
            `$name = [Reflection.AssemblyName]'CliWrap, Version=1.2.3.4'
            `$assembly = [Reflection.Emit.PersistedAssemblyBuilder]::new(`$name, [object].Assembly)
            `$null = `$assembly.DefineDynamicModule('CliWrap').DefineType('CliWrap.Cli', 'Public').CreateType()
            `$assembly.Save('$other')
            Add-Type -Path '$other'
            `$env:PATH = '${stubs}:' + `$env:PATH
            Import-Module '$manifest'
            (Get-DockerNetwork media).Name
            [CliWrap.Cli].Assembly.GetName().Version.ToString()
            $contexts"
        $lines[0] | Should -Be 'media'
        $lines[1] | Should -Be '1.2.3.4'
        $lines[2] | Should -BeLike 'Default 1.2.3.4 *'
        $lines[3] | Should -BeLike 'TailSplit 3.* */bin/Dependencies/CliWrap.dll'
    }
}
