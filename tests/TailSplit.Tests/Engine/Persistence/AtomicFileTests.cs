using TailSplit.Execution.Files;
using Xunit;

namespace TailSplit.Tests.Engine.Persistence;

/// <summary>A file is written as a whole or not at all, and nothing else is left in its folder.</summary>
public sealed class AtomicFileTests : IDisposable
{
    private const UnixFileMode OwnerAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // A usual umask takes the others' right to write away.
    private const UnixFileMode Everybody = OwnerAlone
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(OwnerAlone)]
    [InlineData(Everybody)]
    public void A_file_has_the_text_in_utf_8_and_the_mode_whatever_the_umask_is(UnixFileMode mode)
    {
        AtomicFile.Write(_folder["file"], "Überall\n", mode, replace: false);

        Assert.Equal("Überall\n"u8.ToArray(), File.ReadAllBytes(_folder["file"]));
        Assert.Equal(mode, OperatingSystem.IsLinux() ? File.GetUnixFileMode(_folder["file"]) : mode);
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void An_existing_file_is_replaced_and_gets_the_new_mode()
    {
        AtomicFile.Write(_folder["file"], "before", Everybody, replace: false);

        AtomicFile.Write(_folder["file"], "after", OwnerAlone, replace: true);

        Assert.Equal("after", File.ReadAllText(_folder["file"]));
        Assert.Equal(OwnerAlone, OperatingSystem.IsLinux() ? File.GetUnixFileMode(_folder["file"]) : OwnerAlone);
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_file_that_must_not_be_replaced_stays_and_no_temporary_file_is_left()
    {
        _folder.Write("file", "before");

        Assert.Throws<IOException>(() => AtomicFile.Write(_folder["file"], "after", OwnerAlone, replace: false));

        Assert.Equal("before", File.ReadAllText(_folder["file"]));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_folder_in_the_place_of_the_file_stays_and_nothing_is_left_beside_it()
    {
        Directory.CreateDirectory(_folder["file"]);

        Assert.ThrowsAny<Exception>(() => AtomicFile.Write(_folder["file"], "after", OwnerAlone, replace: true));

        Assert.True(Directory.Exists(_folder["file"]));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }
}
