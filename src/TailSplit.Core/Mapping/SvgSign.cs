using TailSplit.Core.Model;

namespace TailSplit.Core.Mapping;

/// <summary>
/// The sign of a way out, 22 by 22, drawn by its outline: a globe, a shield, a barred circle, a question mark.
/// </summary>
internal static class SvgSign
{
    public static string Of(Egress? way) => way switch
    {
        Egress.Direct => """<circle cx="11" cy="11" r="10"/><path d="M1 11h20M11 1c5.5 5.5 5.5 14.5 0 20M11 1c-5.5 5.5-5.5 14.5 0 20"/>""",
        Egress.Tunnel => """<path d="M11 1l8.5 3v6.500c0 5-3.5 8.5-8.5 10.500c-5-2-8.5-5.5-8.5-10.500v-6.500z"/><path d="M7.5 11l2.5 2.500l4.5-5"/>""",
        Egress.Blocked => """<circle cx="11" cy="11" r="10"/><path d="M4 4l14 14"/>""",
        _ => """<circle cx="11" cy="11" r="10"/><path d="M8 8.500a3 3 0 1 1 4.3 2.700c-.9.45-1.3 1-1.3 2.300M11 16.500v.1"/>""",
    };
}
