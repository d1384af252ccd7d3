namespace TailSplit.Core.Kernel;

/// <summary>
/// Reads networkd.conf and its drop-ins (networkd.conf(5)): INI files, of which the last one with a setting counts.
/// </summary>
public static class NetworkdConfig
{
    private const string Section = "[Network]";
    private const string Setting = "ManageForeignRoutingPolicyRules";

    /// <summary>Where the main file can be; the first that exists is the one that counts.</summary>
    public static IReadOnlyList<string> Files { get; } =
    [
        "/etc/systemd/networkd.conf",
        "/run/systemd/networkd.conf",
        "/usr/local/lib/systemd/networkd.conf",
        "/usr/lib/systemd/networkd.conf",
    ];

    /// <summary>
    /// Whether networkd deletes ip rules of other programs; it does unless a file says no (systemd 249 and later).
    /// </summary>
    /// <param name="texts">The main file, then the drop-ins by their names.</param>
    public static bool DeletesForeignRules(IEnumerable<string> texts)
    {
        bool deletes = true;
        foreach (string text in texts)
        {
            string section = "";
            foreach (ReadOnlySpan<char> each in text.AsSpan().EnumerateLines())
            {
                ReadOnlySpan<char> line = each.Trim();
                if (line.StartsWith('['))
                    section = line.ToString();
                else if (section == Section && ValueOf(line) is string value)
                    // An empty value resets the setting.
                    deletes = value.Length == 0 || (IsTrue(value) ?? deletes);
            }
        }

        return deletes;
    }

    private static string? ValueOf(ReadOnlySpan<char> line)
    {
        int equals = line.IndexOf('=');
        return equals > 0 && line[..equals].TrimEnd().SequenceEqual(Setting)
            ? line[(equals + 1)..].Trim().ToString()
            : null;
    }

    // systemd src/basic/parse-util.c: parse_boolean. Anything else is ignored.
    private static bool? IsTrue(string value) => value.ToLowerInvariant() switch
    {
        "1" or "yes" or "y" or "true" or "t" or "on" => true,
        "0" or "no" or "n" or "false" or "f" or "off" => false,
        _ => null,
    };
}
