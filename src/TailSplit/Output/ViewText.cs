using System.Management.Automation.Host;

namespace TailSplit.Output;

/// <summary>
/// Breaks lines between words for the module's views. With the invariant culture, as under LANG=C, PowerShell breaks
/// them within words (StringManipulationHelper.IsCultureWithWordWrap).
/// </summary>
public static class ViewText
{
    private const int Narrowest = 40;
    private const int Usual = 100;
    private const int Widest = 140;

    /// <summary>The columns for a view: one less than the screen has, or 100 without a screen.</summary>
    public static int WidthOf(PSHost? host)
    {
        int columns = 0;
        try
        {
            columns = host?.UI?.RawUI?.WindowSize.Width ?? 0;
        }
        catch (Exception e) when (e is HostException or NotImplementedException or IOException)
        {
            // The host has no screen, such as in remoting.
        }

        return Math.Clamp((columns > 0 ? columns : Usual) - 1, Narrowest, Widest);
    }

    /// <summary>The text in lines of at most <paramref name="width"/> characters. A longer word is cut.</summary>
    public static string[] Wrap(string? text, int width)
    {
        List<string> lines = [];
        foreach (string paragraph in (text ?? "").Split('\n'))
        {
            string line = "";
            foreach (string word in paragraph.TrimEnd().Split(' '))
            {
                if (line.Length > 0 && line.Length + 1 + word.Length > width)
                {
                    lines.Add(line);
                    line = "";
                }

                line = line.Length > 0 ? $"{line} {word}" : word;
                for (; line.Length > width; line = line[width..])
                    lines.Add(line[..width]);
            }

            lines.Add(line);
        }

        return [.. lines];
    }

    /// <summary>The text after a label. Further lines are indented to the start of the text.</summary>
    /// <param name="label">The label, whose length is the indent of further lines.</param>
    /// <param name="text">The text.</param>
    /// <param name="width">The columns of the view.</param>
    public static string[] Hang(string label, string? text, int width)
    {
        string[] lines = Wrap(text, Math.Max(Narrowest / 2, width - label.Length));
        for (int i = 0; i < lines.Length; i++)
            lines[i] = (i == 0 ? label : new string(' ', label.Length)) + lines[i];

        return lines;
    }
}
