using TailSplit.Output;
using TailSplit.Tests.Engine.Hosting;
using Xunit;

namespace TailSplit.Tests.Engine;

public sealed class ConfirmTests : IDisposable
{
    private readonly Session _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("New-TailSplitBypass media")]
    [InlineData("New-TailSplitKillswitch media -Confirm:$false")]
    [InlineData("New-TailSplitKillswitch media -Force")]
    public void Without_confirm_nothing_is_asked(string script)
    {
        _session.Run(script).AssertNoErrors();

        Assert.Empty(_session.Screen.Lines);
    }

    [Fact]
    public void Each_policy_is_asked_for_by_its_name_and_only_those_with_a_yes_are_applied()
    {
        Answers("Yes", "No", "Yes");

        Answer answer = _session.Run(
            "'media', 'torrents', 'games' | New-TailSplitKillswitch -Confirm").AssertNoErrors();

        Assert.Equal(["games", "media"], Names());
        Assert.DoesNotContain(answer.Rules, rule => rule.Policy == "torrents");
        Assert.Contains(
            _session.Screen.Lines, line => line.Contains("\"torrents (172.19.0.0/16", StringComparison.Ordinal));
    }

    [Fact]
    public void Answering_no_to_all_reads_and_writes_nothing()
    {
        Answers("No to All");

        Answer answer = _session.Run("'media', 'games' | New-TailSplitKillswitch -Confirm").AssertNoErrors();

        Assert.Empty(answer.Output);
        Assert.DoesNotContain(_session.Host.Calls, call => call.Call.NeedsRoot);
    }

    [Fact]
    public void Force_does_not_answer_the_question()
    {
        Answers("No");

        _session.Run("New-TailSplitKillswitch media -Force -Confirm").AssertNoErrors();

        Assert.Equal(0, _session.Host.Writes);
    }

    [Fact]
    public void Answering_no_keeps_a_policy_that_was_to_be_removed()
    {
        _session.Given($"'media', 'games' | New-TailSplitKillswitch");
        Answers("No", "Yes");

        _session.Run("Remove-TailSplitPolicy * -Confirm").AssertNoErrors();

        Assert.Equal(["games"], Names());
    }

    private void Answers(params string[] answers)
    {
        foreach (string answer in answers)
            _session.Screen.Answers.Enqueue(answer);
    }

    private IEnumerable<string> Names() =>
        _session.Run("Get-TailSplitPolicy").Of<TailSplitPolicy>().Select(policy => policy.Name);
}
