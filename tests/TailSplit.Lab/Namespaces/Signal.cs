namespace TailSplit.Lab;

/// <summary>signal(7)</summary>
public enum Signal
{
    Kill = 9,
    Terminate = 15,
    Continue = 18,
    Stop = 19,
}
