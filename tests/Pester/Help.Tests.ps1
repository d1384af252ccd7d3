BeforeDiscovery {
    Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
    $skip = -not (Test-TestHost)
    Import-Module (Get-ModuleManifestPath) -Force
    $cmdlets = (Get-Command -Module TailSplit).Name
    $topics = 'about_TailSplit', 'about_TailSplit_Traffic', 'about_TailSplit_Troubleshooting'
}

BeforeAll {
    Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
    Import-Module (Get-ModuleManifestPath) -Force
    $rendering = $PSStyle.OutputRendering
    $PSStyle.OutputRendering = 'PlainText'
}

AfterAll {
    $PSStyle.OutputRendering = $rendering
    Remove-Module TailSplit -ErrorAction Ignore
}

Describe 'Get-Help <_>' -ForEach $cmdlets {
    BeforeAll {
        $name = $_
        $help = Get-Help $name -Full
    }

    It 'has a synopsis that is not the syntax' {
        $help.Synopsis | Should -Match '\.$'
        $help.Synopsis | Should -Not -Match ([regex]::Escape($name))
    }

    It 'has at least three examples, each with code that parses' {
        $help.examples.example.Count | Should -BeGreaterOrEqual 3
        foreach ($example in $help.examples.example) {
            $errors = $null
            $null = [Management.Automation.Language.Parser]::ParseInput($example.code, [ref] $null, [ref] $errors)
            $errors | Should -BeNullOrEmpty -Because $example.code
        }
    }

    It 'explains every parameter' {
        foreach ($parameter in (Get-Help $name).parameters.parameter) {
            "$($parameter.description.Text)" | Should -Not -BeNullOrEmpty -Because "-$($parameter.name) has no words"
        }
    }

    It 'shows with -Examples, -Full and -Parameter as text' {
        Get-Help $name -Examples | Out-String | Should -Match 'Example 1: '
        Get-Help $name -Full | Out-String | Should -Match '(?s)SYNTAX.*DESCRIPTION.*PARAMETERS.*OUTPUTS.*RELATED LINKS'
    }

    It 'links to what there is' {
        foreach ($link in $help.relatedLinks.navigationLink | Where-Object { -not $_.uri }) {
            @(Get-Help $link.linkText -ErrorAction Ignore).Count | Should -Be 1 -Because $link.linkText
        }
    }
}

Describe 'Get-Help <_>' -ForEach $topics {
    It 'is found by its name, with a short description' {
        $text = Get-Help $_
        $text | Should -Match "(?s)^TOPIC\s+$_\s.*LONG DESCRIPTION"
        (Get-Help "$_*" | Where-Object Name -EQ $_).Synopsis | Should -Match '\.$'
    }
}

Describe 'The examples' -Skip:$skip {
    BeforeAll {
        # What makes a policy is shown on a host without one, what looks at policies or ends them on a host with two.
        $bare = New-TestHost
        $busy = New-TestHost
        $null = Invoke-InTestHost $busy {
            New-TailSplitBypass media
            New-TailSplitKillswitch torrents
        }

        # What the examples keep in /srv is kept in a folder of the test's own.
        $folder = (New-Item -ItemType Directory (Join-Path $TestDrive files)).FullName
        # The other system whose image is written to.
        $null = New-Item -ItemType Directory "$folder/image/etc/systemd/system"
        $made = Invoke-InTestHost $busy { param($folder) Export-TailSplitPolicy -Path $folder/policies.json } $folder
    }

    AfterAll {
        Remove-TestHost $bare
        Remove-TestHost $busy
    }

    It 'of <_> run as they are printed, dry' -ForEach $cmdlets {
        $made.Error | Should -BeNullOrEmpty
        $testHost = $_ -like 'New-*' ? $bare : $busy
        $before = Get-KernelText $testHost
        # What runs until it is stopped is stopped by the reader, after its first object.
        $run = $_ -like 'Watch-*' ? 'do {{ {0} | ForEach-Object {{ break }} }} until ($true)' : '{0}'
        foreach ($example in (Get-Help $_ -Examples).examples.example) {
            $result = Invoke-InTestHost $testHost {
                param($code)
                $WhatIfPreference = $true
                & ([scriptblock]::Create($code))
            } ($run -f $example.code.Replace('/srv/', "$folder/"))
            $result.Error | Should -BeNullOrEmpty -Because $example.code
        }

        Get-KernelText $testHost | Should -BeExactly $before
        (Get-ChildItem $folder -File -Recurse).Name | Should -Be 'policies.json'
    }
}
