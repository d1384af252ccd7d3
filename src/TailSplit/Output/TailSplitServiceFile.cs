namespace TailSplit.Output;

/// <summary>A file of the service, and what a command did with it.</summary>
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

    /// <summary>The content of the file; null for a file that is removed.</summary>
    public string? Text { get; }

    public override string ToString() => Path;
}
