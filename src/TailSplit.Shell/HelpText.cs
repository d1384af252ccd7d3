namespace TailSplit.Shell;

/// <summary>What <c>--help</c> prints.</summary>
internal static class HelpText
{
    public const string Text = """
        TailSplit.Shell: PowerShell with the TailSplit module loaded, for machines without pwsh.

        Usage: TailSplit.Shell [-NoLogo] [-NoProfile] [-NonInteractive]
                               [-Command <text...> | [-File] <path> [<argument>...]]

          -Command, -c <text...>  Run the rest of the command line as one script. With '-': read it from stdin.
          -File, -f <path> [...]  Run a script file with the arguments that follow. -File is implied for a bare path.
          -NonInteractive         Ask nothing: a command that needs an answer fails and says so.
          -NoLogo, -NoProfile     Accepted for the sake of command lines made for pwsh.
          -Version, -v            The versions of TailSplit.Shell and of PowerShell.
          -Help, -h               This text.

        Without a script there is a prompt; exit, quit or Ctrl+D leaves it. When stdin is not a
        terminal, statements are read from it one after the other, without a prompt and without an
        echo: each is run as soon as it is complete, all it has to say is written before the next is
        read, and variables live on from one to the next. Answers to questions are read from the
        same stdin, a line each.

        Output: objects, information and 'What if' lines go to stdout. Errors, warnings, verbose and
        debug messages go to stderr, unlike in pwsh, so that stdout can be piped on; so do questions
        when stdout is not a terminal. Progress is shown on a terminal only.

        Exit code: 0; 1 after a terminating error, or when the last command failed ($? is false); N
        after 'exit N'; 64 for a command line that cannot be used; 70 when the module could not be
        loaded; 130 after Ctrl+C and 143 after SIGTERM, which stop the running command first.

        Environment:
          TAILSPLIT_MODULE  The module manifest to load, instead of the nearest TailSplit.psd1 above the program.
          COLUMNS           The width of tables. Otherwise that of the terminal, or 120 when stdout is not one.
          NO_COLOR          No colour, when set to anything. There is none outside a terminal either.

        Only the commands of Microsoft.PowerShell.Core are built in: Where-Object and
        ForEach-Object, but not Select-Object or Format-Table, which come with pwsh.
        """;
}
