using System.Buffers;
using System.Text;
using System.Text.Json;
using TailSplit.Core.Model;
using TailSplit.Core.Options;
using TailSplit.Core.Text;

namespace TailSplit.Core.Documents;

/// <summary>
/// Writes a policy document: the same policies give the same bytes, and default values are left out. A difference in
/// version control is therefore a difference in policy.
/// </summary>
public static class PolicyDocumentWriter
{
    private static readonly JsonWriterOptions s_options = new() { Indented = true, IndentSize = 2, NewLine = "\n" };

    public static string Write(PolicyDocument document)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, s_options))
        {
            json.WriteStartObject();
            json.WriteNumber(PolicyFields.Version, PolicyDocument.Version);
            json.WriteStartArray(PolicyFields.Policies);
            foreach (DocumentedPolicy policy in document.Policies)
                Write(json, policy);

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void Write(Utf8JsonWriter json, DocumentedPolicy documented)
    {
        Policy policy = documented.Policy;
        json.WriteStartObject();
        json.WriteString(PolicyFields.Name, policy.Name.ToString());
        json.WriteString(PolicyFields.Kind, ChoiceText.Of(policy.Kind));
        WriteTarget(json, policy.Target);
        if (!documented.FindsTunnel)
            json.WriteString(PolicyFields.TunnelInterface, policy.Tunnel.ToString());

        foreach (PolicyOption option in PolicyOptions.Of(policy.Kind).Where(option => !option.IsDefault(policy)))
            WriteOption(json, option, policy);

        if (!policy.Origin.IsByHand)
            json.WriteString(PolicyFields.Origin, policy.Origin.ToString());

        json.WriteEndObject();
    }

    private static void WriteOption(Utf8JsonWriter json, PolicyOption option, Policy policy)
    {
        switch (option)
        {
            case FlagOption flag:
                json.WriteBoolean(flag.Field, flag.Of(policy));
                break;
            case ChoiceOption choice:
                json.WriteString(choice.Field, choice.TextOf(policy));
                break;
            case AddressOption addresses:
                WriteTexts(json, addresses.Field, addresses.TextsOf(policy));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(option));
        }
    }

    private static void WriteTarget(Utf8JsonWriter json, PolicyTarget target)
    {
        if (target.Network is PolicyName network)
        {
            json.WriteString(PolicyFields.Network, network.ToString());
            if (target.Bridge is null && target.Subnets.IsEmpty)
                return;

            json.WriteStartObject(PolicyFields.LastKnown);
            WritePlace(json, target);
            json.WriteEndObject();
        }
        else
        {
            WritePlace(json, target);
        }
    }

    private static void WritePlace(Utf8JsonWriter json, PolicyTarget target)
    {
        if (target.Bridge is InterfaceName bridge)
            json.WriteString(PolicyFields.Bridge, bridge.ToString());

        WriteTexts(json, PolicyFields.Subnets, target.Subnets.Select(subnet => subnet.ToString()));
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        string[] all = [.. texts];
        if (all.Length == 0)
            return;

        json.WriteStartArray(name);
        foreach (string text in all)
            json.WriteStringValue(text);

        json.WriteEndArray();
    }
}
