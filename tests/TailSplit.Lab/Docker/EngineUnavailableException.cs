namespace TailSplit.Lab;

/// <summary>Another release's engine could not be fetched.</summary>
public sealed class EngineUnavailableException(string reason) : LabUnavailableException(reason);
