namespace TailSplit.Output;

/// <summary>A file of the service, and what became of it.</summary>
public sealed class TailSplitServiceFile
{
    internal TailSplitServiceFile(string path, ServiceFileState state, string? text)
    {
        Path = path;
        State = state;
        Text = text;
    }

    public string Path { get; }

    public ServiceFileState State { get; }

    /// <summary>What is in it, or would be; null for a file that goes.</summary>
    public string? Text { get; }

    public override string ToString() => Path;
}
