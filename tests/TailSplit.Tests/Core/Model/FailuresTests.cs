using System.Reflection;
using TailSplit.Core;
using TailSplit.Core.Errors;
using TailSplit.Core.Model;
using TailSplit.Tests.Core.Generators;
using Xunit;

namespace TailSplit.Tests.Core.Model;

public sealed class FailuresTests
{
    public static TheoryData<string> Names => [.. FailureCatalog.Methods.Keys];

    public static TheoryData<string> Quoting => [.. Names
        .Select(row => row.Data)
        .Where(name => Parameters(name).Any(parameter => parameter.Name == "details"))];

    private static readonly string s_long = string.Join(' ', Enumerable.Repeat("word", 100));

    [Theory]
    [MemberData(nameof(Names))]
    public void The_id_of_a_failure_is_the_name_of_its_method(string name)
    {
        Failure failure = Make(name);

        Assert.Equal(name, failure.Id);
        Assert.True(Enum.IsDefined(failure.Kind));
        Assert.NotEmpty(failure.Message);
        Assert.NotEmpty(failure.Remedy);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_failure_is_reported_in_one_line(string name) => Assert.DoesNotContain('\n', Make(name).Message);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_failure_names_each_value_that_it_is_about(string name)
    {
        Failure failure = Make(name);

        string text = $"{failure.Message} {failure.Remedy}";
        Assert.All(
            Parameters(name).Where(
                parameter => parameter.ParameterType != typeof(Policy) && parameter.ParameterType != typeof(object)
                    && parameter.ParameterType != typeof(bool)),
            parameter => Assert.Contains($"{Sample(parameter)}".Replace('\n', '?'), text, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Quoting))]
    public void What_a_program_said_is_quoted_whole_on_one_line(string name)
    {
        object[] arguments = [.. Parameters(name).Select(
            parameter => parameter.Name == "details" ? "Cannot connect to the daemon.\n\tIs it running?\n" + s_long : Sample(parameter))];

        Failure failure = (Failure)FailureCatalog.Methods[name].Invoke(null, arguments)!;

        Assert.Contains($"Cannot connect to the daemon. Is it running? {s_long}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_that_prints_without_end_does_not_fill_the_screen() => Assert.InRange(
        Failures.DockerUnavailable(new string('x', 100_000)).Message.Length, 1000, 5000);

    [Fact]
    public void Control_characters_are_not_quoted() => Assert.DoesNotContain(
        '\u001b', Failures.DockerUnavailable("\u001b[2J\u001b[31mdown").Message);

    [Theory]
    [MemberData(nameof(Names))]
    public void A_failure_says_what_to_do(string name)
    {
        string remedy = Make(name).Remedy;

        // That nothing was harmed is good to know, and no way out.
        foreach (string comfort in (string[])["Nothing was changed.", "The previous file is unchanged."])
            remedy = remedy.Replace(comfort, "", StringComparison.Ordinal);

        Assert.NotEmpty(remedy.Trim());
    }

    [Fact]
    public void An_exception_carries_its_failure_and_cause()
    {
        InvalidOperationException cause = new("why");
        TailSplitException exception = Failures.MissingTarget().ToException(cause);

        Assert.Equal(nameof(Failures.MissingTarget), exception.Failure.Id);
        Assert.Equal(exception.Failure.Message, exception.Message);
        Assert.Same(cause, exception.InnerException);
    }

    internal static Failure Make(string name) =>
        (Failure)FailureCatalog.Methods[name].Invoke(null, [.. Parameters(name).Select(Sample)])!;

    private static ParameterInfo[] Parameters(string name) => FailureCatalog.Methods[name].GetParameters();

    private static object Sample(ParameterInfo parameter) => Sample(parameter.ParameterType, parameter.Name!);

    private static object Sample(Type type, string name) => type switch
    {
        _ when type == typeof(bool) => true,
        // What a person or another program chose.
        _ when type == typeof(string) && name is "text" or "name" => "some\nthing",
        _ when type == typeof(string) => $"some {name}",
        _ when type == typeof(int) => 7,
        _ when type == typeof(double) => 7.0,
        _ when type == typeof(IpFamily) => IpFamily.IPv4,
        _ when type == typeof(object) => new object(),
        _ when type == typeof(Cidr) => Cidr.Parse("172.18.0.0/16"),
        _ when type == typeof(Policy) => Samples.Killswitch("media", Samples.Target(null, "172.18.0.0/16")),
        _ when type == typeof(PolicyName) => PolicyName.Parse("media"),
        _ when type == typeof(InterfaceName) => Samples.Bridge,
        _ when type == typeof(DockerNetwork) =>
            new DockerNetwork { Name = "me\ndia", Id = "0", Driver = "host", Subnet = [] },
        _ => throw new NotSupportedException($"A sample of {type} is missing here."),
    };
}
