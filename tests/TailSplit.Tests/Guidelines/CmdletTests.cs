using System.Management.Automation;
using System.Reflection;
using System.Xml.Linq;
using TailSplit.Commands;
using Xunit;

namespace TailSplit.Tests.Guidelines;

/// <summary>What every cmdlet of the module has in common.</summary>
public sealed class CmdletTests
{
    private static readonly string[] s_changing =
    [
        VerbsCommon.New, VerbsCommon.Remove, VerbsCommon.Set, VerbsData.Export, VerbsData.Import, VerbsData.Sync,
        VerbsLifecycle.Register, VerbsLifecycle.Unregister, VerbsCommon.Show
    ];

    public static TheoryData<Type> All { get; } = [.. SourceTree.Module.GetTypes()
        .Where(type => type.GetCustomAttribute<CmdletAttribute>() is not null)
        .OrderBy(type => type.Name, StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(All))]
    public void Its_class_is_sealed_public_and_named_after_it(Type type)
    {
        CmdletAttribute cmdlet = CmdletOf(type);

        Assert.Equal($"{cmdlet.VerbName}{cmdlet.NounName}Command", type.Name);
        Assert.Equal("TailSplit.Commands", type.Namespace);
        Assert.True(type.IsSealed && type.IsPublic);
        Assert.True(type.IsSubclassOf(typeof(TailSplitCommand)));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Its_verb_is_approved(Type type)
    {
        Type[] groups =
        [
            typeof(VerbsCommon), typeof(VerbsCommunications), typeof(VerbsData), typeof(VerbsDiagnostic),
            typeof(VerbsLifecycle), typeof(VerbsSecurity), typeof(VerbsOther),
        ];
        Assert.Contains(
            CmdletOf(type).VerbName,
            groups.SelectMany(group => group.GetFields()).Select(field => field.GetValue(null)));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void It_says_what_it_emits(Type type) =>
        Assert.NotEmpty(type.GetCustomAttributes<OutputTypeAttribute>().SelectMany(output => output.Type));

    [Theory]
    [MemberData(nameof(All))]
    public void It_can_be_tried_and_confirmed_if_it_changes_anything(Type type) => Assert.Equal(
        s_changing.Contains(CmdletOf(type).VerbName), CmdletOf(type).SupportsShouldProcess);

    [Theory]
    [MemberData(nameof(All))]
    public void Its_noun_and_parameters_are_singular(Type type) => Assert.DoesNotContain(
        Parameters(type).Select(parameter => parameter.Name).Append(CmdletOf(type).NounName),
        name => name != "As" && name.EndsWith('s') && !name.EndsWith("ss", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(All))]
    public void Its_parameters_are_documented(Type type)
    {
        XDocument documentation = XDocument.Load(Path.ChangeExtension(SourceTree.Module.Location, ".xml"));
        foreach (PropertyInfo parameter in Parameters(type))
        {
            string id = $"P:{parameter.DeclaringType!.FullName}.{parameter.Name}";
            string? summary = documentation.Descendants("member").FirstOrDefault(
                member => member.Attribute("name")?.Value == id)?.Element("summary")?.Value;
            Assert.False(string.IsNullOrWhiteSpace(summary), id);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_parameter_that_takes_wildcards_says_so(Type type)
    {
        // Name and Policy of the cmdlets that select.
        if (CmdletOf(type).VerbName is not (VerbsCommon.Get or VerbsCommon.Remove))
            return;

        Assert.All(
            Parameters(type).Where(parameter => parameter.Name is "Name" or "Policy"),
            parameter => Assert.NotNull(parameter.GetCustomAttribute<SupportsWildcardsAttribute>()));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Positions_are_given_to_one_parameter_alone(Type type)
    {
        // Get-TailSplitEnvironment has no parameter at all.
        if (!Parameters(type).Any())
            return;

        Assert.Single(
            Parameters(type),
            parameter => parameter.GetCustomAttributes<ParameterAttribute>().Any(attribute => attribute.Position >= 0));
    }

    private static CmdletAttribute CmdletOf(Type type) => type.GetCustomAttribute<CmdletAttribute>()!;

    private static IEnumerable<PropertyInfo> Parameters(Type type) =>
        type.GetProperties().Where(property => property.GetCustomAttributes<ParameterAttribute>().Any());
}
