
namespace TailSplit.Lab;

/// <summary>The two rule stores behind one command name; rules in the other one are invisible, but in force.</summary>
public enum IptablesVariant
{
    NfTables,
    Legacy,
}
