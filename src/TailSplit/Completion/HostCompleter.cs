using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace TailSplit.Completion;

/// <summary>
/// Completes values that are read from the host. It never fails and never delays Tab for long: a value that can't be
/// read is left out.
/// </summary>
internal abstract class HostCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName,
        string parameterName,
        string wordToComplete,
        CommandAst commandAst,
        IDictionary fakeBoundParameters)
    {
        TypedWord word = TypedWord.Parse(wordToComplete);
        return [.. Candidates(parameterName)
            .Where(candidate => word.Matches(candidate.Value))
            .Select(candidate => new CompletionResult(
                Write(candidate.Value, word),
                candidate.Value,
                CompletionResultType.ParameterValue,
                candidate.ToolTip))];
    }

    protected abstract IEnumerable<Candidate> Candidates(string parameterName);

    /// <summary>A value as an argument of a command line.</summary>
    protected virtual string Write(string value, TypedWord word) => word.Quote(value);
}
