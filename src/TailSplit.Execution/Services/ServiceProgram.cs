using System.Collections.Immutable;

namespace TailSplit.Execution.Services;

/// <summary>The program that this process is, as something to start again.</summary>
public static class ServiceProgram
{
    // What decides which Docker is meant.
    private static readonly string[] s_variables = ["DOCKER_HOST", "DOCKER_CONTEXT"];

    /// <summary>Its full path; with <c>dotnet</c> also that of the program which it runs.</summary>
    public static ImmutableArray<string> Words
    {
        get
        {
            string path = Environment.ProcessPath ?? "/usr/bin/pwsh";
            string first = Environment.GetCommandLineArgs()[0];
            return Path.GetFileName(path) == "dotnet" && first.EndsWith(".dll", StringComparison.Ordinal)
                ? [path, Path.GetFullPath(first)]
                : [path];
        }
    }

    /// <summary>The variables of this process that the service needs as well.</summary>
    public static ImmutableArray<KeyValuePair<string, string>> Variables =>
        [.. s_variables
            .Select(name => new KeyValuePair<string, string>(name, Environment.GetEnvironmentVariable(name) ?? ""))
            .Where(variable => variable.Value.Length > 0)];
}
