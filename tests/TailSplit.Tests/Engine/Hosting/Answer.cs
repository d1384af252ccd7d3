using System.Management.Automation;
using TailSplit.Output;
using Xunit;

namespace TailSplit.Tests.Engine.Hosting;

/// <summary>What came of a script: its output and what it said beside it.</summary>
internal sealed record Answer(
    IReadOnlyList<PSObject> Output, IReadOnlyList<ErrorRecord> Errors, ErrorRecord? Terminated,
    IReadOnlyList<string> Warnings, IReadOnlyList<string> Verbose)
{
    /// <summary>What was shown while it took its time.</summary>
    public IReadOnlyList<ProgressRecord> Progress { get; private init; } = [];

    public IReadOnlyList<TailSplitRule> Rules => Of<TailSplitRule>();

    public IReadOnlyList<TailSplitPolicy> Policies => Of<TailSplitPolicy>();

    /// <summary>The command lines of the rules, as people read them.</summary>
    public IReadOnlyList<string> Lines => [.. Rules.Select(rule => rule.CommandLine)];

    /// <summary>The one error there is, of whichever sort.</summary>
    public ErrorRecord Error => Assert.Single(Terminated is null ? Errors : Errors.Append(Terminated));

    public static Answer Of(PowerShell shell)
    {
        ErrorRecord? terminated = null;
        List<PSObject> output = [];
        try
        {
            shell.Invoke(null, output);
        }
        catch (PipelineStoppedException)
        {
        }
        catch (RuntimeException e)
        {
            terminated = e.ErrorRecord;
        }

        return new Answer(
            output,
            [.. shell.Streams.Error],
            terminated,
            [.. shell.Streams.Warning.Select(warning => warning.Message)],
            [.. shell.Streams.Verbose.Select(verbose => verbose.Message)])
        {
            Progress = [.. shell.Streams.Progress],
        };
    }

    public IReadOnlyList<T> Of<T>() => [.. Output.Select(item => item.BaseObject).OfType<T>()];

    public Answer AssertNoErrors()
    {
        Assert.True(Terminated is null, Terminated?.ToString());
        Assert.Empty(Errors.Select(error => error.ToString()));
        return this;
    }

    /// <summary>Exactly one error, with its id and category, words for what to do, and a message of one line.</summary>
    public ErrorRecord AssertError(string id, ErrorCategory category)
    {
        ErrorRecord error = Error;
        Assert.StartsWith(id + ",TailSplit.Commands.", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal(category, error.CategoryInfo.Category);
        Assert.NotNull(error.ErrorDetails);
        Assert.False(string.IsNullOrWhiteSpace(error.ErrorDetails.RecommendedAction));
        Assert.Equal(error.Exception.Message, error.ErrorDetails.Message);
        return error;
    }
}
