namespace TailSplit.Core.Trust;

/// <summary>One step on the way to a file: a folder, a symbolic link, or the file itself.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Owner">The number of the user that owns it.</param>
/// <param name="Group">The number of its group.</param>
/// <param name="Mode">Its permissions, as in <c>st_mode</c> (inode(7)).</param>
public readonly record struct PathHop(string Path, HopKind Kind, uint Owner, uint Group, int Mode);
