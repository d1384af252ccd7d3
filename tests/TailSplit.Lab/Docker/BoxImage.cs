using System.Formats.Tar;

namespace TailSplit.Lab;

/// <summary>
/// The only image, made of busybox-static: <c>/index.html</c> says "box", and <c>/cgi-bin/seen</c> the address that
/// the container saw.
/// </summary>
internal static class BoxImage
{
    public const string Name = "box";
    public const string Busybox = "/bin/busybox";

    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static readonly string[] s_links =
        ["cat", "echo", "httpd", "id", "ip", "ls", "nc", "nslookup", "ping", "sh", "sleep", "timeout", "true", "wget"];

    // No blank may stand before a header's name.
    private const string Seen = "#!/bin/sh\necho 'Content-Type: text/plain'\necho\necho \"$REMOTE_ADDR\"\n";

    public static async Task<string> Write(string labFolder)
    {
        string path = Path.Combine(labFolder, "box.tar");
        await using TarWriter tar = new(File.Create(path));
        foreach (string folder in (string[])["bin", "etc", "tmp", "www", "www/cgi-bin"])
        {
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, folder) { Mode = Executable });
        }

        await tar.WriteEntryAsync(Busybox, "bin/busybox");
        foreach (string link in s_links)
        {
            await tar.WriteEntryAsync(
                new PaxTarEntry(TarEntryType.SymbolicLink, $"bin/{link}") { LinkName = "busybox", Mode = Executable });
        }

        await tar.WriteEntryAsync(TextFile("www/index.html", "box\n"));
        await tar.WriteEntryAsync(TextFile("www/cgi-bin/seen", Seen));
        return path;
    }

    private static PaxTarEntry TextFile(string path, string text) =>
        new(TarEntryType.RegularFile, path)
        {
            Mode = Executable,
            DataStream = new MemoryStream(System.Text.Encoding.ASCII.GetBytes(text)),
        };
}
