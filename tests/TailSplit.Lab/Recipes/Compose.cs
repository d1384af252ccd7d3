namespace TailSplit.Lab.Recipes;

/// <summary>
/// Debian's docker-compose as a plugin of the Docker client, so that <c>docker compose</c> works as a page prints it. A
/// plugin is a program <c>docker-NAME</c> that describes itself and is called with its own name first (docker/cli,
/// cli-plugins/manager).
/// </summary>
internal static class Compose
{
    private const string Program = "/usr/bin/docker-compose";

    private const string Plugin =
        $$"""
        #!/bin/sh
        if [ "$1" = docker-cli-plugin-metadata ]; then
            echo '{ "SchemaVersion": "0.1.0", "Vendor": "Debian", "Version": "1" }'
            exit
        fi
        shift
        exec {{Program}} "$@"
        """;

    /// <summary>Writes the plugin.</summary>
    /// <returns>The client's folder, for DOCKER_CONFIG.</returns>
    /// <exception cref="LabUnavailableException">The machine has no docker-compose.</exception>
    public static string Install(string labFolder)
    {
        if (!File.Exists(Program))
        {
            throw new LabUnavailableException($"{Program} is not there (apt-get install docker-compose)");
        }

        string configuration = Path.Combine(labFolder, "docker-client");
        string plugin = Path.Combine(configuration, "cli-plugins", "docker-compose");
        Directory.CreateDirectory(Path.GetDirectoryName(plugin)!);
        File.WriteAllText(plugin, Plugin);
        File.SetUnixFileMode(plugin, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return configuration;
    }
}
