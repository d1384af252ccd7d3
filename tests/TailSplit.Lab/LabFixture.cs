namespace TailSplit.Lab;

/// <summary>
/// A lab shared by the tests of a class or collection. Where it cannot be built they are skipped with the reason,
/// unless <c>TAILSPLIT_LAB_REQUIRED=1</c> says that this is a failure.
/// </summary>
public abstract class LabFixture(LabOptions options) : IAsyncLifetime
{
    private Lab? _lab;
    private string? _missing;

    public Lab Lab
    {
        get
        {
            Assert.SkipWhen(_missing is not null, _missing ?? "");
            return _lab!;
        }
    }

    /// <summary>A lab for one test alone.</summary>
    public static async Task<Lab> StartOrSkip(LabOptions options)
    {
        try
        {
            return await Lab.StartAsync(options);
        }
        catch (LabUnavailableException unavailable) when (MaySkip(unavailable))
        {
            Assert.Skip(unavailable.Message);
            throw;
        }
    }

    // Debian's unstable release moves on: a run that can't get an engine says so, and goes on with those that it has.
    private static bool MaySkip(LabUnavailableException unavailable) =>
        unavailable is EngineUnavailableException
            || Environment.GetEnvironmentVariable("TAILSPLIT_LAB_REQUIRED") != "1";

    public async ValueTask InitializeAsync()
    {
        try
        {
            _lab = await Lab.StartAsync(options);
            await Prepare(_lab);
        }
        catch (LabUnavailableException unavailable) when (MaySkip(unavailable))
        {
            _missing = unavailable.Message;
        }
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_lab is not null)
        {
            await _lab.DisposeAsync();
        }
    }

    /// <summary>Networks and containers that every test of the fixture uses.</summary>
    protected virtual Task Prepare(Lab lab) => Task.CompletedTask;
}
