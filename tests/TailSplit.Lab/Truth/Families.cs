using System.Net.Sockets;

namespace TailSplit.Lab.Truth;

/// <summary>What is true of one family has to be of the other.</summary>
public sealed class Families : TheoryData<AddressFamily>
{
    public Families()
    {
        Add(AddressFamily.InterNetwork);
        Add(AddressFamily.InterNetworkV6);
    }
}
