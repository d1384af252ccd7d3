BeforeAll {
    Import-Module (Join-Path $PSScriptRoot TailSplit.Pester.psm1)
    $session = Enter-StubSession $TestDrive
}

AfterAll {
    Exit-StubSession $session
}

Describe 'Get-DockerNetwork' {
    It 'lists every network, by name' {
        (Get-DockerNetwork).Name | Should -Be 'bridge', 'games', 'host', 'lan', 'media', 'none', 'torrents', 'vault'
    }

    It 'tells bridge, subnets, labels and containers' {
        $media = Get-DockerNetwork media
        $media.GetType().FullName | Should -Be 'TailSplit.Core.Model.DockerNetwork'
        $media.Driver | Should -Be 'bridge'
        $media.Bridge | Should -Be 'br-media'
        "$($media.Subnet)" | Should -Be '172.19.0.0/16 fd00:19::/64'
        $media.IPv6 | Should -BeTrue
        $media.Labels['tier'] | Should -Be 'open'
        $media.Containers | Should -Be 'plex'
        $media.CanHavePolicy | Should -BeTrue
        $media.Reason | Should -BeNullOrEmpty
    }

    It 'works out the bridge of a network that gives it no name' {
        (Get-DockerNetwork games).Bridge | Should -Be 'br-040404040404'
    }

    It 'says why <_> can have no policy' -ForEach 'host', 'none', 'lan', 'vault' {
        $network = Get-DockerNetwork $_
        $network.CanHavePolicy | Should -BeFalse
        $network.Reason | Should -Not -BeNullOrEmpty
    }

    It 'takes several names, wildcards and any case' {
        (Get-DockerNetwork MEDIA, 't*').Name | Should -Be 'media', 'torrents'
    }

    It 'takes a whole id' {
        (Get-DockerNetwork ('02' * 32)).Name | Should -Be 'media'
    }

    It 'takes names from the pipeline' {
        ('games', 'media' | Get-DockerNetwork).Name | Should -Be 'games', 'media'
    }

    It 'takes names from a CSV file, by property' {
        Set-Content TestDrive:/names.csv 'Name,Owner', 'media,ann', 'games,bob'
        (Import-Csv TestDrive:/names.csv | Get-DockerNetwork).Name | Should -Be 'media', 'games'
    }

    It 'filters by labels, all of which must match' {
        (Get-DockerNetwork -Label @{ tier = '*' }).Name | Should -Be 'media', 'torrents'
        (Get-DockerNetwork -Label @{ tier = '*'; owner = 'ann' }).Name | Should -Be 'media'
        Get-DockerNetwork -Label @{ tier = 'none' } | Should -BeNullOrEmpty
    }

    It 'finds nothing for a wildcard that nothing matches, without an error' {
        Get-DockerNetwork 'x*' -ErrorAction Stop | Should -BeNullOrEmpty
    }

    It 'reports a name that Docker does not have, and goes on' {
        $found = Get-DockerNetwork nope, media -ErrorAction SilentlyContinue -ErrorVariable errors
        $found.Name | Should -Be 'media'
        $errors | Should -HaveCount 1
        $errors[0].FullyQualifiedErrorId | Should -Be 'NetworkNotFound,TailSplit.Commands.GetDockerNetworkCommand'
        $errors[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $errors[0].TargetObject | Should -Be 'nope'
        $errors[0].ErrorDetails.RecommendedAction | Should -Match 'Get-DockerNetwork'
    }

    It 'stops at such a name with -ErrorAction Stop' {
        { Get-DockerNetwork nope, media -ErrorAction Stop } | Should -Throw -ErrorId 'NetworkNotFound,*'
    }

    It 'is stopped by a daemon that does not answer, and says how to start it' {
        Set-Content (Join-Path $session.Stubs broken) 'Cannot connect to the Docker daemon'
        try {
            $caught = { Get-DockerNetwork } | Should -Throw -ErrorId 'DockerUnavailable,*' -PassThru
            $caught.CategoryInfo.Category | Should -Be 'ResourceUnavailable'
            $caught.ErrorDetails.Message | Should -Match 'Cannot connect'
            $caught.ErrorDetails.RecommendedAction | Should -Match 'systemctl start docker'
        } finally {
            Remove-Item (Join-Path $session.Stubs broken)
        }
    }

    It 'tells of each program that it runs with -Verbose' {
        $verbose = Get-DockerNetwork -Verbose 4>&1 | Where-Object { $_ -is [Management.Automation.VerboseRecord] }
        "$verbose" | Should -Match 'docker network ls .*exit code 0'
    }

    It 'is a table no wider than 120 columns' {
        $text = Get-DockerNetwork | Out-String -Width 120
        $text | Should -Match 'torrents +br-torrents +172\.18\.0\.0/16 +prowlarr'
        $text | Should -Match 'vault +n/a: internal +br-050505050505 +172\.21\.0\.0/16'
        $text -split "`n" | ForEach-Object { $_.TrimEnd().Length | Should -BeLessOrEqual 120 }
    }

    It 'becomes JSON that reads as what docker said' {
        $json = Get-DockerNetwork media | ConvertTo-Json -Depth 3 | ConvertFrom-Json
        $json.Name | Should -Be 'media'
        $json.Subnet | Should -Be '172.19.0.0/16', 'fd00:19::/64'
        $json.Labels.tier | Should -Be 'open'
        $json.CanHavePolicy | Should -BeTrue
    }

    It 'can be sorted, filtered and selected like any object' {
        $row = Get-DockerNetwork | Where-Object CanHavePolicy |
            Sort-Object Name -Descending | Select-Object -First 1 Name, Bridge
        $row.Name | Should -Be 'torrents'
    }
}
