namespace TailSplit.Shell.Requests;

/// <summary>Reads the command line the way pwsh does.</summary>
internal static class RequestParser
{
    private const string StandardInput = "-";

    /// <exception cref="UsageException">An option is unknown, or lacks what belongs to it.</exception>
    public static ShellRequest Parse(IReadOnlyList<string> arguments)
    {
        bool interactive = true;
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            string[] rest = [.. arguments.Skip(i + 1)];
            switch (OptionName(argument))
            {
                case null:
                    return File(argument, rest) with { Interactive = interactive };
                case "c" or "command":
                    return Command(argument, rest) with { Interactive = interactive };
                case "f" or "file":
                    return File(argument, rest) with { Interactive = interactive };
                case "h" or "help" or "?":
                    return new ShellRequest.Help();
                case "v" or "version":
                    return new ShellRequest.Version();
                case "nologo" or "noprofile":
                    // Taken so that a command line for pwsh works here too: there is neither a logo nor a profile.
                    break;
                case "noninteractive":
                    interactive = false;
                    break;
                default:
                    throw new UsageException($"'{argument}' is not an option of TailSplit.Shell; -Help lists them.");
            }
        }

        return new ShellRequest.Session() { Interactive = interactive };
    }

    /// <summary>The option without its dashes, in lower case; null for anything that is not an option.</summary>
    private static string? OptionName(string argument)
    {
        string name = argument.StartsWith("--", StringComparison.Ordinal) ? argument[2..]
            : argument.StartsWith('-') ? argument[1..]
            : "";
        return name.Length == 0 ? null : name.ToLowerInvariant();
    }

    private static ShellRequest Command(string option, string[] rest) => rest switch
    {
        [] => throw new UsageException($"{option} needs the text to run, or '-' to read it from stdin."),
        [StandardInput] => new ShellRequest.ScriptFromInput(),
        _ => new ShellRequest.Command(string.Join(' ', rest)),
    };

    private static ShellRequest File(string option, string[] rest)
    {
        (string path, string[] arguments) = OptionName(option) is null ? (option, rest) : rest switch
        {
            [] => throw new UsageException($"{option} needs the path of a script, or '-' to read it from stdin."),
            [string first, .. string[] others] => (first, others),
        };
        if (path == StandardInput)
            return new ShellRequest.ScriptFromInput();

        return System.IO.File.Exists(path)
            ? new ShellRequest.File(Path.GetFullPath(path), arguments)
            : throw new UsageException($"There is no script '{path}'; text to run goes behind -Command.");
    }
}
