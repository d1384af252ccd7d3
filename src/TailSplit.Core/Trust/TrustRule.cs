using System.Globalization;

namespace TailSplit.Core.Trust;

/// <summary>
/// Finds who can change the target of a path: the owner of each folder, link and file on the way, and everybody who may
/// write there. In a sticky folder only the owner of an entry replaces it (inode(7), S_ISVTX).
/// </summary>
/// <param name="user">A user who is trusted beside root; 0 for root alone.</param>
public sealed class TrustRule(uint user = 0)
{
    private const int WritableByGroup = 0x10;
    private const int WritableByOthers = 0x2;
    private const int Sticky = 0x200;

    // Debian policy 9.1.2: /usr/local can belong to the group staff (base-passwd: 50). Its members are root anyway,
    // since /usr/local/sbin is the first folder of root's PATH.
    private const uint Staff = 50;
    private const string StaffFolder = "/usr/local";

    /// <summary>Why the step can't be trusted, as a clause; null if it can.</summary>
    public string? Complaint(PathHop hop)
    {
        if (hop.Owner != 0 && hop.Owner != user)
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{hop.Path} belongs to user {hop.Owner}, who is " +
                $"{(user == 0 ? "not root" : "neither root nor the user who runs this")}");

        return hop.Kind switch
        {
            HopKind.Link => null,
            HopKind.Folder when (hop.Mode & Sticky) != 0 => null,
            HopKind.Folder when (hop.Mode & WritableByOthers) != 0 =>
                $"every user can put another file in its place, since the folder {hop.Path} is open to all",
            HopKind.Folder when (hop.Mode & WritableByGroup) != 0 && !IsStaffFolder(hop) => string.Create(
                CultureInfo.InvariantCulture,
                $"group {hop.Group} can put another file in its place, since it can write the folder {hop.Path}"),
            HopKind.Folder => null,
            _ when (hop.Mode & WritableByOthers) != 0 => $"every user can write {hop.Path}",
            _ when (hop.Mode & WritableByGroup) != 0 => string.Create(
                CultureInfo.InvariantCulture, $"group {hop.Group} can write {hop.Path}"),
            _ => null,
        };
    }

    private static bool IsStaffFolder(PathHop hop) => hop.Group == Staff
        && (hop.Path == StaffFolder || hop.Path.StartsWith($"{StaffFolder}/", StringComparison.Ordinal));
}
