using System.Globalization;
using System.Text.RegularExpressions;

namespace TailSplit.Lab.Recipes;

/// <summary>
/// Stands in for the images that a compose file names: under each name an image of <see cref="BoxImage"/>, which
/// serves HTTP on the port of the application. The file is run as it is printed.
/// </summary>
internal static partial class RecipeImages
{
    private static readonly Dictionary<string, int> s_ports = new()
    {
        ["lscr.io/linuxserver/qbittorrent"] = 8080,
        ["lscr.io/linuxserver/sonarr"] = 8989,
        ["lscr.io/linuxserver/prowlarr"] = 9696,
        ["plexinc/pms-docker"] = 32400,
        ["caddy:2"] = 80,
    };

    public static async Task Import(Lab lab, string composeFile)
    {
        foreach (string image in Image().Matches(composeFile).Select(match => match.Groups["name"].Value).Distinct())
        {
            string command = string.Create(
                CultureInfo.InvariantCulture, $"""CMD ["httpd", "-f", "-p", "{s_ports[image]}", "-h", "/www"]""");
            await lab.Docker.Docker("import", "--change", command, $"{lab.Folder}/box.tar", image);
        }
    }

    [GeneratedRegex(@"^ +image: (?<name>\S+)", RegexOptions.Multiline)]
    private static partial Regex Image();
}
